import Synchronization

/// How a file is read or written where it is not mapped; a filesystem that refuses one is asked for the next.
enum AccessMethod: Int, AtomicRepresentable, CaseIterable {
    /// Past the page cache (O_DIRECT).
    case direct
    /// Through the page cache, of which nothing stays there (RWF_DONTCACHE, Linux 6.14).
    case uncached
    /// Through the page cache; what stays there has to be dropped.
    case buffered

    /// What to ask for next.
    var next: AccessMethod { self == .direct ? .uncached : .buffered }
}
