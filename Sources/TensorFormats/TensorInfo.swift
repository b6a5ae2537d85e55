/// Where one tensor lies in a file, and what its bytes mean.
package struct TensorInfo: Sendable, Equatable {
    /// The tensor's name as the file spells it.
    package let name: String
    /// The type of every element.
    package let elementType: ElementType
    /// The extent of each dimension, outermost first; empty for a scalar.
    package let shape: [Int]
    /// The tensor's bytes, counted from the start of the file.
    package let byteRange: Range<Int>

    /// Describes one tensor; the reader that calls this has checked that the shape fills the range.
    package init(name: String, elementType: ElementType, shape: [Int], byteRange: Range<Int>) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.byteRange = byteRange
    }

    /// The number of elements, 1 for a scalar.
    package var elementCount: Int { shape.reduce(1, *) }
}
