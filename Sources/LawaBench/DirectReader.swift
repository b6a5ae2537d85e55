import CBench
import LinuxSystem
import Synchronization
import SystemPackage

/// Reads files from front to end past the page cache: the most that a disk gives to blocking reads.
///
/// Threads take turns at the next request, so that together they read one sequence.
final class DirectReader: Sendable {
    private static let requestBytes = 1 << 20

    private let files: [(descriptor: FileDescriptor, requests: Range<Int>)]
    private let requestCount: Int
    private let next = Atomic(0)

    /// Opens the files, in the order in which they are read.
    init(_ paths: [FilePath]) throws {
        var first = 0
        files = try paths.map { path in
            let size = try File.openForReading(path).status().size
            let descriptor = path.withPlatformString { bench_open_direct($0) }
            guard descriptor >= 0 else {
                throw BenchError("open \"\(path)\" with O_DIRECT: its filesystem may not have it; use another one")
            }
            let count = (size + Self.requestBytes - 1) / Self.requestBytes
            defer { first += count }
            return (FileDescriptor(rawValue: descriptor), first..<first + count)
        }
        requestCount = first
    }

    /// Reads everything once with so many threads and returns the number of bytes.
    func read(threads: Int) throws -> Int {
        let total = Atomic(0)
        try Threads.run(threads) { _ in
            guard let start = bench_huge_buffer(Self.requestBytes) else {
                throw BenchError("allocate \(Self.requestBytes) bytes for direct reads: no memory")
            }
            defer { bench_free_huge_buffer(start, Self.requestBytes) }
            let buffer = UnsafeMutableRawBufferPointer(start: start, count: Self.requestBytes)
            while case let request = next.wrappingAdd(1, ordering: .relaxed).oldValue, request < requestCount {
                total.wrappingAdd(try read(request, into: buffer), ordering: .relaxed)
            }
        }
        return total.load(ordering: .relaxed)
    }

    private func read(_ request: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let file = files.first(where: { $0.requests.contains(request) }) else { return 0 }
        let offset = Int64(request - file.requests.lowerBound) * Int64(Self.requestBytes)
        return try file.descriptor.read(fromAbsoluteOffset: offset, into: buffer)
    }

    deinit {
        for file in files { try? file.descriptor.close() }
    }
}
