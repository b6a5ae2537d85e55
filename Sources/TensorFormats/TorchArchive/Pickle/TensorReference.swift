/// A tensor of a pickle, checked to lie within the size that the pickle gives its storage.
struct TensorReference: Sendable, Equatable {
    /// The index of the storage in ``PickleGraph/storages``.
    let storage: Int
    /// The place of the first element in the storage, in elements of this tensor.
    let offset: Int
    /// The extent of each dimension, outermost first; the product times the size of an element fits into `Int`.
    let shape: [Int]
    /// How many elements apart the neighbours of each dimension lie; as many as dimensions, none negative.
    let strides: [Int]
    /// The type of every element.
    let elementType: TorchElementType
    /// Whether the elements are to be conjugated or negated when they are read.
    let isLazy: Bool
    /// The distance from the first element to the end of the last one, in elements; 0 for an empty tensor.
    let extent: Int

    /// The tensor's bytes, from its first to the end of its last element, counted from the start of its storage.
    var byteRange: Range<Int> {
        offset * elementType.byteCount..<(offset + extent) * elementType.byteCount
    }

    /// The number of elements, 1 for a scalar.
    var elementCount: Int { shape.reduce(1, *) }

    /// Whether the elements are numbers with a fraction, which an index or a mask never has.
    var isFloat: Bool {
        switch elementType.elementType.kind {
        case .boolean, .integer: false
        case .float, .complex, .smallFloat: true
        }
    }

    /// Whether the bytes do not stand for the numbers that the element type says.
    var isOpaque: Bool { isLazy || elementType.isQuantized }

    /// Whether the rows follow each other without a gap, which leaves nothing for the strides to say.
    ///
    /// Dimensions of one element have no neighbours, and an empty tensor has no elements.
    var isRowMajor: Bool {
        var expected = 1
        if extent == 0 { return true }
        for (size, stride) in zip(shape, strides).reversed() where size > 1 {
            guard stride == expected else { return false }
            expected *= size
        }
        return true
    }
}
