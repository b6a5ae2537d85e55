import CLinux
import Glibc
package import SystemPackage

/// What this process knows of itself and of the machine.
package enum HostProcess {
    /// The process id.
    package static var identifier: Int32 { getpid() }

    /// The kernel's id of the calling thread.
    package static var threadIdentifier: Int32 { lawa_thread_identifier() }

    /// The user whose rights count.
    package static var effectiveUser: UInt32 { geteuid() }

    /// A variable of the environment; nil where it is not set.
    package static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Time since boot that no clock setting moves, in microseconds.
    package static var monotonicMicroseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) / 1000 }

    /// Time since 1970 in nanoseconds, comparable with the times of files.
    package static var realtimeNanoseconds: Int64 { nanoseconds(CLOCK_REALTIME) }

    /// The working directory; where it was removed, a path that still leads to it.
    package static var currentDirectory: FilePath {
        guard let path = getcwd(nil, 0) else {
            return "/proc/self/cwd"
        }
        defer { free(path) }
        let isReachable = path.pointee == 0x2F
        return isReachable ? FilePath(platformString: path) : "/proc/self/cwd"
    }

    /// The path from the root on, without `.` and `..`; symbolic links are not looked at.
    package static func absolute(_ path: FilePath) -> FilePath {
        currentDirectory.pushing(path).lexicallyNormalized()
    }

    /// Memory of this process that is in RAM, in bytes; nil where /proc is not mounted.
    package static var residentBytes: Int? { memoryFigure("VmRSS:") }

    /// The part of `residentBytes` that is no file's page cache, in bytes.
    package static var anonymousResidentBytes: Int? { memoryFigure("RssAnon:") }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // The line is "VmRSS:     12345 kB".
    private static func memoryFigure(_ name: String) -> Int? {
        guard let text = readSmallFile("/proc/self/status") else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        let kibibytes = line?.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
        return kibibytes.map { $0 * 1024 }
    }

    /// The text of a file of /proc or /sys, which have no size to ask for; nil where it cannot be read.
    static func readSmallFile(_ path: FilePath) -> String? {
        guard let file = try? File.openForReading(path) else {
            return nil
        }
        let bytes = try? [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            count = try file.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
