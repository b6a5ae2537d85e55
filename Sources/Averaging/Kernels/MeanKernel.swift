internal import CKernels
package import TensorFormats

/// The elementwise mean of equally long runs of elements, exactly rounded.
///
/// The mean of every element is its exact sum divided by the number of members, rounded once to the element type (to
/// nearest, ties to even). The bits depend neither on the processor nor on how a tensor is cut into runs, and for every
/// type and number of members a mean of finite elements is finite. Special cases:
/// - the same bits in all members give those bits, NaN payloads included;
/// - an exact zero is -0 only if every member is -0; a mean that underflows keeps its sign;
/// - infinities of one sign give that infinity; any NaN, or infinities of both signs, the positive quiet NaN.
package enum MeanKernel {
    /// Writes the mean of `elementCount` elements of each source.
    ///
    /// - Parameters:
    ///   - type: A type with an ``TensorFormats/ElementType/averagedComponent``; complex elements count once.
    ///   - sources: Where the elements of each member begin, oldest first, at least one; at any alignment.
    ///   - elementCount: The number of elements in every source.
    ///   - destination: Room for the result, at any alignment, which overlaps no source.
    ///   - mixedNonFinite: One counter for each source, increased by the number of components in which that member is
    ///     NaN or infinite while at least one other member is finite.
    package static func mean(
        of type: ElementType,
        sources: UnsafeBufferPointer<UnsafeRawPointer>,
        elementCount: Int,
        into destination: UnsafeMutableRawBufferPointer,
        mixedNonFinite: UnsafeMutableBufferPointer<UInt64>
    ) {
        average(
            type,
            sources: sources,
            weights: nil,
            elementCount: elementCount,
            into: destination,
            mixedNonFinite: mixedNonFinite
        )
    }

    /// Writes the weighted mean of `elementCount` elements of each source: the exact sum of the weighted members, divided
    /// by that of the weights, rounded once.
    ///
    /// What is said of the mean holds here too, except that an infinity has the sign that its weight gives it, that an
    /// exact zero of different members is -0 only if every weighted member is, and that with negative weights the mean of
    /// finite elements may be infinite.
    ///
    /// - Parameters:
    ///   - type: A type with an ``TensorFormats/ElementType/averagedComponent``; complex elements count once.
    ///   - sources: Where the elements of each member begin, oldest first, at least one; at any alignment.
    ///   - weights: One for each source: not 0, less than 2^24 in magnitude, with a positive sum.
    ///   - elementCount: The number of elements in every source.
    ///   - destination: Room for the result, at any alignment, which overlaps no source.
    ///   - mixedNonFinite: One counter for each source, increased by the number of components in which that member is
    ///     NaN or infinite while at least one other member is finite.
    package static func weightedMean(
        of type: ElementType,
        sources: UnsafeBufferPointer<UnsafeRawPointer>,
        weights: UnsafeBufferPointer<Int32>,
        elementCount: Int,
        into destination: UnsafeMutableRawBufferPointer,
        mixedNonFinite: UnsafeMutableBufferPointer<UInt64>
    ) {
        precondition(weights.count == sources.count, "each member needs a weight")
        precondition(weights.allSatisfy { $0 != 0 && $0.magnitude < 1 << 24 }, "a weight has 1 to 24 bits")
        precondition(weights.reduce(0) { $0 + Int($1) } > 0, "the sum of the weights is positive")
        average(
            type,
            sources: sources,
            weights: weights.baseAddress,
            elementCount: elementCount,
            into: destination,
            mixedNonFinite: mixedNonFinite
        )
    }

    private static func average(
        _ type: ElementType,
        sources: UnsafeBufferPointer<UnsafeRawPointer>,
        weights: UnsafePointer<Int32>?,
        elementCount: Int,
        into destination: UnsafeMutableRawBufferPointer,
        mixedNonFinite: UnsafeMutableBufferPointer<UInt64>
    ) {
        guard let component = type.averagedComponent, let kernel = component.kernelElement else {
            preconditionFailure("elements of type '\(type.rawValue)' are not averaged")
        }
        precondition(!sources.isEmpty, "a mean needs at least one member")
        precondition(mixedNonFinite.count >= sources.count, "each member needs a counter")
        precondition(
            elementCount >= 0 && destination.count >= elementCount * type.bitCount / 8,
            "the result needs room"
        )
        guard elementCount > 0, let target = destination.baseAddress else { return }
        sources.withMemoryRebound(to: UnsafePointer<UInt8>?.self) { sources in
            lawa_weighted_mean(
                kernel,
                sources.baseAddress,
                weights,
                sources.count,
                elementCount * (type.bitCount / component.bitCount),
                target.assumingMemoryBound(to: UInt8.self),
                mixedNonFinite.baseAddress
            )
        }
    }

    /// Whether all sources, at least one, hold the same bytes.
    package static func areIdentical(_ sources: UnsafeBufferPointer<UnsafeRawPointer>, byteCount: Int) -> Bool {
        sources.withMemoryRebound(to: UnsafePointer<UInt8>?.self) { sources in
            lawa_identical(sources.baseAddress, sources.count, byteCount)
        }
    }
}

extension ElementType {
    fileprivate var kernelElement: lawa_element? {
        switch self {
        case .f64: LAWA_F64
        case .f32: LAWA_F32
        case .f16: LAWA_F16
        case .bf16: LAWA_BF16
        default: nil
        }
    }
}
