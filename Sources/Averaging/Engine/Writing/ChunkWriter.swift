import LinuxSystem

/// One worker's writes: a chunk is on its way to the disk while the next one is made in other memory.
struct ChunkWriter: ~Copyable {
    private struct Write {
        let bytes: UnsafeRawBufferPointer
        let file: OutputFile
        let offset: Int
    }

    private let control: AveragingControl
    private var queue: DirectQueue?
    private var pending: [Write] = []

    /// Writes up to so many runs of bytes at a time.
    init(depth: Int, control: AveragingControl) {
        self.control = control
        queue = DirectQueue(depth: depth)
    }

    /// Begins to write bytes, which stay as they are until `finish`.
    mutating func begin(
        _ bytes: UnsafeRawBufferPointer,
        to file: OutputFile,
        at offset: Int
    ) throws(SystemCallError) {
        guard var taken = queue.take() else { return try write(bytes, to: file, at: offset) }
        let isBegun = file.beginWriting(bytes, at: offset, &taken, tag: pending.count)
        queue = consume taken
        if isBegun {
            pending.append(Write(bytes: bytes, file: file, offset: offset))
        } else {
            try write(bytes, to: file, at: offset)
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer,
        to file: OutputFile,
        at offset: Int
    ) throws(SystemCallError) {
        try file.write(bytes, at: offset)
        control.beat()
    }

    /// Waits for all that was begun; what was not written whole is written again, which tells why.
    mutating func finish() throws(SystemCallError) {
        var failed: [Write] = []
        while let done = try queue?.next() {
            control.beat()
            let write = pending[done.tag]
            if done.byteCount < write.bytes.count { failed.append(write) }
        }
        pending.removeAll(keepingCapacity: true)
        for write in failed { try write.file.write(write.bytes, at: write.offset) }
    }
}
