import LinuxSystem
import SystemPackage
import TensorFormats

/// Why a small file could not be used, apart from the system's own refusals.
struct SmallFileError: Error {
    /// The cause, without the file's name.
    let problem: String
}

/// Reading of files that are small by their nature, with a limit for those that are not.
enum SmallFile {
    /// A file's bytes.
    static func read(_ path: FilePath, memory: ReaderMemory) throws -> [UInt8] {
        let file = try File.openForReading(path)
        let byteCount = try file.status().size
        do { try memory.require(byteCount) } catch { throw SmallFileError(problem: "\(error)") }
        return try file.readBytes(at: 0, count: byteCount)
    }

    /// Checks that a file holds one JSON object, without making a tree of what may be the log of a million steps.
    static func parseJSON(_ path: FilePath, allowsNonFinite: Bool, memory: ReaderMemory) throws {
        _ = try keys(ofJSON: path, allowsNonFinite: allowsNonFinite, memory: memory)
    }

    /// The keys of the one JSON object that a file holds.
    static func keys(
        ofJSON path: FilePath,
        allowsNonFinite: Bool = false,
        memory: ReaderMemory
    ) throws -> Set<String> {
        do {
            return try read(path, memory: memory).withUnsafeBytes { bytes in
                // The texts of keys are there once more.
                let options = JSONOptions(
                    allowsNonFinite: allowsNonFinite,
                    memory: memory.left(beside: 2 * bytes.count)
                )
                var tokenizer = try JSONTokenizer(bytes, options: options)
                guard try tokenizer.next() == .beginObject else {
                    throw SmallFileError(problem: "it holds no JSON object")
                }
                var keys: Set<String> = []
                while let key = try tokenizer.nextKey() {
                    keys.insert(key)
                    try tokenizer.skipValue()
                }
                _ = try tokenizer.next()
                return keys
            }
        } catch let error as JSONSyntaxError {
            throw SmallFileError(problem: "\(error)")
        }
    }
}
