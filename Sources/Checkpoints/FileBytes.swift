import LinuxSystem
import TensorFormats

/// An open file as the readers of formats see it.
struct FileBytes: ByteSource {
    let byteCount: Int
    private let file: File

    init(_ file: File) throws {
        self.file = file
        byteCount = try file.status().size
    }

    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        try file.readBytes(at: offset, count: count)
    }
}
