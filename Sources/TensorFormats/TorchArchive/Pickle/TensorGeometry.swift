/// The room that a tensor takes, computed without overflow.
struct TensorGeometry {
    /// The distance from the first element to the end of the last one, in elements; 0 for an empty tensor.
    let extent: Int

    /// Returns nil where the tensor's number of bytes, or the end of its last element in bytes, is beyond `Int`.
    ///
    /// Sizes, strides and offset are not negative, and as many of the ones as of the others.
    init?(shape: [Int], strides: [Int], offset: Int, elementType: TorchElementType) {
        var elementCount = 1
        var last = offset
        for (size, stride) in zip(shape, strides) {
            guard let product = elementCount.product(size), let distance = max(size - 1, 0).product(stride),
                let sum = last.sum(distance)
            else { return nil }
            elementCount = product
            last = sum
        }
        let byteCount = elementType.byteCount
        guard elementCount.product(byteCount) != nil, last.sum(1)?.product(byteCount) != nil else { return nil }
        extent = elementCount == 0 ? 0 : last - offset + 1
    }
}

extension Int {
    fileprivate func product(_ other: Int) -> Int? {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? nil : product
    }

    fileprivate func sum(_ other: Int) -> Int? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }
}
