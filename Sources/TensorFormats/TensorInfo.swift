/// Where one tensor lies in a file, and what its bytes mean.
package struct TensorInfo: Sendable, Equatable {
    /// The tensor's name as the file spells it.
    package let name: String
    /// The type of every element.
    package let elementType: ElementType
    /// The extent of each dimension, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The tensor's bytes, counted from the start of the file: from its first element to the end of its last one.
    ///
    /// An empty tensor has an empty range at its place.
    package let byteRange: Range<Int>
    /// How many elements apart the neighbours of each dimension lie; nil when rows follow each other without a gap.
    ///
    /// With strides the range may be larger than the elements, where it has gaps, or smaller, where elements share
    /// bytes. Neither a dimension of one element nor an empty tensor needs strides.
    package let strides: [Int]?
    /// Whether the bytes do not stand for the numbers that the element type says, so that they must never be averaged.
    ///
    /// So it is for a quantised tensor, and for one that is to be conjugated or negated when it is read.
    package let isOpaque: Bool

    /// Describes one tensor; the reader that calls this has checked that shape and strides agree with the range.
    package init(
        name: String,
        elementType: ElementType,
        shape: [Int],
        byteRange: Range<Int>,
        strides: [Int]? = nil,
        isOpaque: Bool = false
    ) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.byteRange = byteRange
        self.strides = strides
        self.isOpaque = isOpaque
    }

    /// The number of elements, 1 for a scalar.
    package var elementCount: Int { shape.reduce(1, *) }
}
