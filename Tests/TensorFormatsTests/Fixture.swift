import Glibc
import Testing

/// The files in `Fixtures`, read whole.
enum Fixture {
    static func bytes(_ path: String) throws -> [UInt8] {
        let file = #filePath
        let directory = file[..<(try #require(file.lastIndex(of: "/")))]
        let stream = try #require(fopen("\(directory)/Fixtures/\(path)", "rb"), "cannot open fixture \(path)")
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}
