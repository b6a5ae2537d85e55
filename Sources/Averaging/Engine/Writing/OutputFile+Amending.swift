import LinuxSystem
import SystemPackage
import TensorFormats

extension OutputFile {
    /// The most bytes that are rewritten at once to change some of them.
    private static let windowByteCount = 1 << 20
    /// The most bytes between two amendments that are rewritten to save a system call.
    private static let gapByteCount = 4096

    /// Puts bytes into what is written already; the amendments are in ascending order.
    ///
    /// An archive of many small records has two for each of them, so neighbours are written together.
    func amend(_ amendments: [ByteAmendment]) throws(SystemCallError) {
        var start = amendments.startIndex
        while start < amendments.endIndex {
            var end = start + 1
            while end < amendments.endIndex,
                amendments[end].offset - amendments[end - 1].range.upperBound <= Self.gapByteCount,
                amendments[end].range.upperBound - amendments[start].offset <= Self.windowByteCount
            {
                end += 1
            }
            try amend(amendments[start..<end])
            start = end
        }
    }

    private func amend(_ amendments: ArraySlice<ByteAmendment>) throws(SystemCallError) {
        guard let first = amendments.first, let last = amendments.last else { return }
        let window = first.offset..<last.range.upperBound
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: window.count, alignment: 1)
        defer { room.deallocate() }
        if amendments.count > 1 { try readBack(at: window.lowerBound, into: room) }
        for amendment in amendments {
            let start = amendment.offset - window.lowerBound
            UnsafeMutableRawBufferPointer(rebasing: room[start...]).copyBytes(from: amendment.bytes)
        }
        try write(UnsafeRawBufferPointer(room), at: window.lowerBound)
    }
}
