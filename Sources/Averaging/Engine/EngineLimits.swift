/// What an average may take of the machine.
package struct EngineLimits: Sendable, Equatable {
    /// How members are read.
    package enum ReadMode: String, Sendable, CaseIterable {
        /// What the page cache holds from a mapping, everything else past the page cache.
        case auto
        /// From a mapping; what the pass brought into the page cache is dropped again.
        case mmap
        /// Past the page cache.
        case direct
        /// By copies from the page cache; what the pass brought into it is dropped again.
        case read
    }

    /// Threads that read, compute and write, at least one.
    package var threads: Int
    /// How members are read.
    package var io: ReadMode
    /// Bytes of members read in a second at most; nil is no limit.
    package var readRate: Int?

    package init(threads: Int = 2, io: ReadMode = .auto, readRate: Int? = nil) {
        self.threads = max(1, threads)
        self.io = io
        self.readRate = readRate
    }
}
