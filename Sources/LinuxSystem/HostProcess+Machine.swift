import Glibc

extension HostProcess {
    /// The size of a page of memory in bytes.
    package static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Blocks the calling thread.
    package static func pause(milliseconds: Int32) {
        _ = poll(nil, 0, milliseconds)
    }
}

extension HostProcess {
    /// Blocks the calling thread until a time.
    package static func pause(until deadline: ContinuousClock.Instant) {
        let left = (deadline - .now) / .milliseconds(1)
        if left > 0 { pause(milliseconds: Int32(clamping: Int(left) + 1)) }
    }

    /// Lets the process have as many files open as its supervisor allows at most, instead of the usual 1024.
    ///
    /// That number is for programs that use select(2). Twenty members of fifty shards are a thousand files.
    package static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Ends the process.
    package static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
