package import LinuxSystem
package import TensorFormats

extension ReaderMemory {
    /// The most that reading one checkpoint takes however much memory there is, in bytes.
    package static let ceiling = 256 << 20

    /// What this process may use, found out once.
    package static let ofThisProcess = ReaderMemory(within: process)
    private static let process = MemoryLimit.ofThisProcess()

    /// What a file of JSON may have of bytes where all of it is decoded to values, which take some eight times as much.
    package static let ofDecodedJSON = ReaderMemory(
        byteCount: ofThisProcess.byteCount / 8,
        origin: "for \(ofThisProcess.byteCount) bytes that its values may take"
    )

    /// What reading one more checkpoint may take beside the catalogs that are held: they and it have half of what the
    /// process may use.
    ///
    /// - Parameters:
    ///   - heldByteCount: what the catalogs take.
    ///   - limit: what the process may use; nil asks, once.
    package static func beside(_ heldByteCount: Int, within limit: MemoryLimit? = nil) -> ReaderMemory {
        let limit = limit ?? process
        return ReaderMemory(
            byteCount: max(0, limit.byteCount / 2 - heldByteCount),
            origin: "which the other members leave of half of the \(limit.byteCount) bytes of \(limit.origin): "
                + "raise MemoryMax= of the service or whatever else limits its memory, or average fewer checkpoints"
        )
    }

    /// A quarter of what the process may use, so that a window fits beside, and never more than the ceiling.
    package init(within limit: MemoryLimit) {
        let quarter = limit.byteCount / 4
        if quarter < Self.ceiling {
            self.init(
                byteCount: quarter,
                origin: "a quarter of the \(limit.byteCount) bytes of \(limit.origin): "
                    + "raise MemoryMax= of the service or whatever else limits its memory"
            )
        } else {
            self.init(byteCount: Self.ceiling, origin: "which is fixed: save the model alone, or in more files")
        }
    }
}
