import Synchronization

/// What one reading of a file brought into the page cache, and drops again once it is done with it.
///
/// Only whole windows are dropped, of which nothing was cached before, and only when no thread needs them any more:
/// of smaller ranges most pages would stay, and what others had cached is theirs.
package final class CacheFootprint: Sendable {
    private let file: File
    private let byteCount: Int
    private let residency: Residency
    /// Bytes still to be read of each window that was entered.
    private let remaining = Mutex<[Int: Int]>([:])

    /// Begins the reading of a file with so many bytes; `residency` is what was cached before.
    package init(_ file: File, byteCount: Int, residency: Residency) {
        self.file = file
        self.byteCount = byteCount
        self.residency = residency
    }

    /// A thread is done with a range that it read through the page cache.
    package func leave(_ range: Range<Int>) {
        for window in residency.windows(of: range) where residency.isCold(window: window) {
            let bytes = self.range(of: window)
            let isDone = remaining.withLock { remaining in
                let left = (remaining[window] ?? bytes.count) - bytes.clamped(to: range).count
                remaining[window] = left
                return left <= 0
            }
            if isDone { file.dropCache(offset: bytes.lowerBound, count: bytes.count) }
        }
    }

    /// The reading is over: drops also windows of which it needed only a part, and what was read ahead late.
    package func leaveAll() {
        for window in remaining.withLock({ Array($0.keys) }) {
            let bytes = range(of: window)
            file.dropCache(offset: bytes.lowerBound, count: bytes.count)
        }
    }

    private func range(of window: Int) -> Range<Int> {
        let start = window * Residency.windowByteCount
        return start..<min(start + Residency.windowByteCount, byteCount)
    }
}
