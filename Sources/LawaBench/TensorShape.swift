/// A tensor that a member is to have.
struct TensorShape: Equatable {
    /// Its name in the file.
    let name: String
    /// The extent of each dimension, outermost first.
    let extents: [Int]

    /// The number of elements.
    var elementCount: Int { extents.reduce(1, *) }
}
