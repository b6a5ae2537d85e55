import CBench
import SystemPackage

/// Writes a file from front to end past the page cache.
///
/// Inputs of many gibibytes would otherwise push everything else out of memory before a measurement begins.
final class DirectWriter {
    private static let bufferBytes = 2 << 20
    private static let alignment = 4096

    private let path: FilePath
    private let descriptor: FileDescriptor
    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var written = 0

    /// Makes the file; fails where anything is at `path`.
    init(_ path: FilePath) throws {
        let descriptor = path.withPlatformString { bench_create_direct($0) }
        guard descriptor >= 0 else {
            throw BenchError("create \"\(path)\": it may be there already; remove it first")
        }
        guard let start = bench_huge_buffer(Self.bufferBytes) else {
            throw BenchError("allocate \(Self.bufferBytes) bytes for direct writes: no memory")
        }
        self.path = path
        self.descriptor = FileDescriptor(rawValue: descriptor)
        buffer = UnsafeMutableRawBufferPointer(start: start, count: Self.bufferBytes)
    }

    /// Puts bytes behind those before.
    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
            filled += count
            rest = rest.dropFirst(count)
            if filled == buffer.count { try flush(filled) }
        }
    }

    /// Leaves a hole of so many bytes, except for what shares a block with written ones.
    func skip(_ byteCount: Int) throws {
        let zeros = [UInt8](repeating: 0, count: Self.alignment)
        let before = min(byteCount, (Self.alignment - filled % Self.alignment) % Self.alignment)
        try zeros.withUnsafeBytes { try append(UnsafeRawBufferPointer(rebasing: $0[..<before])) }
        let holes = (byteCount - before) / Self.alignment * Self.alignment
        if holes > 0 {
            try flush(filled)
            written += holes
        }
        let after = byteCount - before - holes
        try zeros.withUnsafeBytes { try append(UnsafeRawBufferPointer(rebasing: $0[..<after])) }
    }

    /// Writes what is left, cuts the file to its length and waits until it is on the disk.
    func finish() throws {
        let byteCount = written + filled
        try flush((filled + Self.alignment - 1) / Self.alignment * Self.alignment)
        try descriptor.resize(to: Int64(byteCount))
        guard bench_synchronize(descriptor.rawValue) == 0 else {
            throw BenchError("fsync \"\(path)\": the disk did not take it; see the kernel's log")
        }
    }

    private func flush(_ byteCount: Int) throws {
        var done = 0
        while done < byteCount {
            let rest = UnsafeRawBufferPointer(rebasing: buffer[done..<byteCount])
            done += try descriptor.write(toAbsoluteOffset: Int64(written + done), rest)
        }
        written += byteCount
        filled = 0
    }

    deinit {
        try? descriptor.close()
        bench_free_huge_buffer(buffer.assumingMemoryBound(to: UInt8.self).baseAddress, buffer.count)
    }
}
