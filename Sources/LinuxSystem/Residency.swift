/// Which parts of a file the page cache held before its first byte was read.
///
/// It is asked once, up front: while a file is read, readahead makes everything look cached.
package struct Residency: Sendable {
    /// How much of a window is cached.
    package enum State: Sendable {
        /// Nothing that would be missed.
        case cold
        /// Part of it.
        case mixed
        /// All of it, or nearly so.
        case cached
    }

    /// Large and aligned, so that dropping a window from the page cache leaves none of its large folios behind.
    package static let windowByteCount = 8 << 20

    private let states: [State]

    /// The state of each window of a file of which `cachedByteCount` of a range are cached.
    package init(byteCount: Int, cachedByteCount: (Range<Int>) throws -> Int) rethrows {
        states = try stride(from: 0, to: byteCount, by: Self.windowByteCount).map { start in
            let window = start..<min(start + Self.windowByteCount, byteCount)
            let cached = try cachedByteCount(window)
            // Pages that reclaim took one by one are fewer than what a direct read of the window would cost.
            if cached >= window.count - window.count / 100 { return .cached }
            return cached <= window.count / 100 ? .cold : .mixed
        }
    }

    /// Asks the kernel about a file; where it does not tell, everything counts as not cached.
    package init(of file: File, byteCount: Int) {
        do {
            try self.init(byteCount: byteCount) { range in
                try file.cachedByteCount(offset: range.lowerBound, count: range.count)
            }
        } catch {
            self.init(byteCount: byteCount) { range in
                let window = try? MappedFile(file, offset: range.lowerBound, byteCount: range.count)
                return window?.cachedByteCount ?? 0
            }
        }
    }

    /// Whether the page cache held all of a range.
    package func isCached(_ range: Range<Int>) -> Bool {
        windows(of: range).allSatisfy { states[$0] == .cached }
    }

    /// Whether the page cache held nothing of a window.
    package func isCold(window: Int) -> Bool {
        states[window] == .cold
    }

    /// The windows that a range touches.
    package func windows(of range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        return (range.lowerBound / Self.windowByteCount)..<((range.upperBound - 1) / Self.windowByteCount + 1)
    }
}
