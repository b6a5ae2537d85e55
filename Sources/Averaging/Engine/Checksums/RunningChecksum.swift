import TensorFormats

/// A checksum that grows with its bytes, and that can be put together from those of neighbouring runs.
protocol RunningChecksum: Sendable {
    /// How many bytes it covers.
    var byteCount: Int { get }
    /// The checksum of no bytes.
    init()
    /// Extends the run by the bytes that follow it.
    mutating func update(_ bytes: UnsafeRawBufferPointer)
    /// The checksum of this run followed by `other`.
    func appending(_ other: Self) -> Self
}

extension ContentChecksum: RunningChecksum {}

extension ZipChecksum: RunningChecksum {}
