import Glibc
import SystemPackage

/// Modification times that a test gives to files.
enum FileTimes {
    /// Sets the modification time of a file, in nanoseconds since 1970, and leaves that of access as it is.
    static func set(_ path: FilePath, to nanoseconds: Int64) throws {
        let second: Int64 = 1_000_000_000
        var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: second)
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + second) }
        // The special value of utimensat(2) that leaves a time as it is.
        let times = [
            timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2), timespec(tv_sec: Int(seconds), tv_nsec: Int(rest)),
        ]
        let outcome = path.withPlatformString { utimensat(AT_FDCWD, $0, times, 0) }
        guard outcome == 0 else { throw Errno(rawValue: errno) }
    }
}
