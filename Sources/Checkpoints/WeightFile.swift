import LinuxSystem
import SystemPackage
import TensorFormats

/// Reading of what a weight file says about itself.
enum WeightFile {
    /// How many pages of the payload are looked at for the sign of a file that was given its size before its bytes.
    private static let sampledPages = 64
    private static let pageByteCount = 4096

    /// The validated header of a safetensors file that nobody is writing any more.
    ///
    /// Throws `Incompleteness.settling` where the file is no longer the version that was listed: offsets of one version
    /// must never be taken for those of another.
    static func readHeader(_ path: FilePath, of listed: CheckpointFile) throws -> SafetensorsHeader {
        let name = listed.relativePath
        let file = try File.openForReading(path)
        // First of all, because a file that is being written validates or not by chance.
        if file.isOpenForWriting() == true { throw Incompleteness.openForWriting(file: name) }
        let header = try parseHeader(of: file, name: name)
        let payload = header.headerByteCount..<header.fileByteCount
        if try file.hasHoleAtEnd() { throw Incompleteness.zeroPayload(file: name) }
        if try !payload.isEmpty && isZero(file, payload: payload) { throw Incompleteness.zeroPayload(file: name) }
        guard try FileFingerprint(file.status()) == listed.fingerprint else { throw Incompleteness.settling }
        return header
    }

    private static func parseHeader(of file: File, name: String) throws -> SafetensorsHeader {
        let byteCount = try file.status().size
        do {
            let prefix = try file.readBytes(at: 0, count: min(byteCount, SafetensorsHeader.prefixByteCount))
            let headerByteCount = try SafetensorsHeader.headerByteCount(prefix: prefix, fileByteCount: byteCount)
            let bytes = try file.readBytes(at: 0, count: headerByteCount)
            return try bytes.withUnsafeBytes { bytes throws(SafetensorsError) in
                try SafetensorsHeader(parsing: bytes, fileByteCount: byteCount)
            }
        } catch let error as SafetensorsError {
            throw Incompleteness.invalidWeights(file: name, problem: "\(error)")
        }
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
