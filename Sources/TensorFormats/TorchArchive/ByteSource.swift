/// A file's bytes, wherever they are: the readers of formats do no I/O of their own.
package protocol ByteSource {
    /// The size of the whole file in bytes, which does not change.
    var byteCount: Int { get }

    /// Reads exactly `count` bytes from `offset` on, or throws.
    ///
    /// The readers ask only for ranges within `byteCount`.
    func bytes(at offset: Int, count: Int) throws -> [UInt8]
}
