/// A stretch of a pickle's bytes, which stands for a text, a byte string or the digits of an integer.
struct PickleSpan: Sendable, Equatable {
    /// Where the stretch begins, counted from the start of the pickle.
    let offset: UInt32
    /// Its length in bytes.
    let byteCount: UInt32

    /// A stretch within the first 4 GiB.
    init(offset: Int, byteCount: Int) {
        self.offset = UInt32(offset)
        self.byteCount = UInt32(byteCount)
    }

    /// The stretch as indexes into the pickle.
    var range: Range<Int> { Int(offset)..<Int(offset) + Int(byteCount) }
}
