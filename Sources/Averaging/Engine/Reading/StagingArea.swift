import LinuxSystem

/// One worker's memory for bytes that do not come from a mapping; taken on first use, and used again for every chunk.
struct StagingArea: ~Copyable {
    private let byteCount: Int
    private var buffer: HugeBuffer?
    private var used = 0

    /// Room for chunks of all members, with a little more for what alignment adds.
    init(chunkByteCount: Int, memberCount: Int) {
        byteCount = memberCount * (chunkByteCount + 4 * File.directAlignment)
    }

    /// Gives all room back; memory that went unused for a chunk, because all of it was mapped, leaves the process.
    mutating func removeAll() {
        if used == 0 { buffer = nil }
        used = 0
    }

    /// Room at an aligned address, or nil where there is not enough left.
    mutating func allocate(_ count: Int) throws(SystemCallError) -> UnsafeMutableRawBufferPointer? {
        let rounded = (count + File.directAlignment - 1) / File.directAlignment * File.directAlignment
        guard rounded <= byteCount - used else { return nil }
        if buffer == nil { buffer = try HugeBuffer(byteCount: byteCount) }
        guard let bytes = buffer?.bytes else { return nil }
        defer { used += rounded }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[used..<(used + rounded)])
    }
}
