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

    /// Ends the process.
    package static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
