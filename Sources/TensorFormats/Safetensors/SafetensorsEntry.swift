/// One tensor as the header's JSON claims it, types checked and numbers not.
struct SafetensorsEntry {
    /// The tensor's name.
    let name: String
    /// The type of every element.
    let elementType: ElementType
    /// The extent of each dimension, not negative.
    let shape: [Int]
    /// The first byte, counted from the end of the header.
    let begin: Int
    /// The byte after the last, counted from the end of the header.
    let end: Int
}
