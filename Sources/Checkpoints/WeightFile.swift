import LinuxSystem
import SystemPackage
import TensorFormats

/// Reading of what a weight file says about itself.
enum WeightFile {
    /// How many pages of the payload are looked at for the sign of a file that was given its size before its bytes.
    private static let sampledPages = 64
    private static let pageByteCount = 4096

    /// The validated header of a safetensors file that nobody is writing any more.
    static func readHeader(_ path: FilePath, name: String) throws -> SafetensorsHeader {
        let file = try File.openForReading(path)
        let byteCount = try file.status().size
        let header: SafetensorsHeader
        do {
            let prefix = try file.readBytes(at: 0, count: min(byteCount, SafetensorsHeader.prefixByteCount))
            let headerByteCount = try SafetensorsHeader.headerByteCount(prefix: prefix, fileByteCount: byteCount)
            let bytes = try file.readBytes(at: 0, count: headerByteCount)
            header = try bytes.withUnsafeBytes { bytes throws(SafetensorsError) in
                try SafetensorsHeader(parsing: bytes, fileByteCount: byteCount)
            }
        } catch let error as SafetensorsError {
            throw Incompleteness.invalidWeights(file: name, problem: "\(error)")
        }
        if file.isOpenForWriting() == true { throw Incompleteness.openForWriting(file: name) }
        let payload = header.headerByteCount..<byteCount
        if try file.hasHoleAtEnd() { throw Incompleteness.zeroPayload(file: name) }
        if try !payload.isEmpty && isZero(file, payload: payload) { throw Incompleteness.zeroPayload(file: name) }
        return header
    }

    /// Whether all sampled pages of the payload are zero.
    private static func isZero(_ file: File, payload: Range<Int>) throws -> Bool {
        let pageCount = (payload.count + pageByteCount - 1) / pageByteCount
        let stride = max(1, pageCount / sampledPages)
        for page in Swift.stride(from: 0, to: pageCount, by: stride) {
            let offset = payload.lowerBound + page * pageByteCount
            let bytes = try file.readBytes(at: offset, count: min(pageByteCount, payload.upperBound - offset))
            if bytes.contains(where: { $0 != 0 }) { return false }
        }
        return true
    }
}
