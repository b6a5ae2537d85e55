import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What tests need of the machine beyond a process of its own.
enum Machine {
    /// A command that is not there, or that failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Why tests that mount cannot run; nil where they can.
    static let mountObstacle: String? = {
        guard geteuid() == 0 else { return "mounting needs root" }
        // In a container root may not be allowed to.
        guard let directory = try? TemporaryDirectory() else { return "there is no room for a mount point" }
        guard mount("none", directory.path.string, "tmpfs", 0, nil) == 0 else {
            return "mounting is refused (\(Errno(rawValue: errno)))"
        }
        umount2(directory.path.string, Int32(MNT_DETACH))
        return nil
    }()

    /// Why a filesystem cannot be mounted, for those that the kernel has built in or loaded.
    static func obstacle(filesystem: String, commands: String...) -> String? {
        if let mountObstacle { return mountObstacle }
        let known = (try? text(of: "/proc/filesystems")) ?? ""
        let names = known.split(separator: "\n").compactMap { $0.split(whereSeparator: \.isWhitespace).last }
        guard names.contains(where: { $0 == filesystem }) else { return "this kernel has no \(filesystem)" }
        return commandObstacle(commands)
    }

    /// Which of some commands is missing.
    static func commandObstacle(_ commands: [String]) -> String? {
        commands.first { path(of: $0) == nil }.map { "\($0) is missing (scripts/setup-debian.sh watching)" }
    }

    /// Why a daemon cannot be traced.
    static let traceObstacle: String? = {
        if let missing = commandObstacle(["strace"]) { return missing }
        return succeeds("strace -qq -o /dev/null true") ? nil : "tracing is refused"
    }()

    /// Why FUSE cannot be mounted.
    static let fuseObstacle: String? = {
        if let obstacle = obstacle(filesystem: "fuse", commands: "bindfs") { return obstacle }
        return access("/dev/fuse", R_OK | W_OK) == 0 ? nil : "/dev/fuse cannot be opened"
    }()

    /// Why a filesystem cannot be made in a file and mounted.
    static func imageObstacle(_ filesystem: String) -> String? {
        if let obstacle = obstacle(filesystem: filesystem, commands: "mkfs.\(filesystem)", "losetup") {
            return obstacle
        }
        return succeeds("losetup --find") ? nil : "there is no loop device"
    }

    /// Why NFS cannot be served to oneself.
    static let nfsObstacle: String? = {
        let kernel = obstacle(filesystem: "nfsd", commands: "exportfs") ?? obstacle(filesystem: "nfs4")
        return kernel ?? commandObstacle(["rpc.nfsd", "rpc.mountd"])
    }()

    /// Why a process cannot have a namespace of users, with limits of its own.
    static let limitObstacle: String? = {
        if let missing = commandObstacle(["unshare", "nsenter"]) { return missing }
        let probe = "unshare --user --map-root-user sh -c 'echo 1 >/proc/sys/user/max_inotify_watches' 2>/dev/null"
        return succeeds(probe) ? nil : "namespaces of users, with limits of their own, are refused"
    }()

    /// Why the daemon cannot run with fewer rights than the tests.
    static let rightsObstacle: String? =
        geteuid() == 0 ? commandObstacle(["setpriv"]) : "taking away what the daemon may read needs root"

    /// Why settings of the kernel cannot be changed.
    static let settingObstacle: String? =
        geteuid() == 0 && access("/proc/sys/fs/inotify/max_queued_events", W_OK) == 0
        ? nil : "changing settings of the kernel needs root"

    /// Where a command is; commands of the administrator are not on every path.
    static func path(of command: String) -> FilePath? {
        let directories =
            (HostProcess.environment("PATH") ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return directories.lazy.map { FilePath($0).appending(command) }
            .first { access($0.string, X_OK) == 0 }
    }

    /// Runs a line of shell and returns what it says; throws where it fails.
    @discardableResult
    static func shell(_ line: String) async throws -> String {
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", "PATH=$PATH:/usr/sbin:/sbin; " + line],
            input: .none,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard case .exited(0) = result.terminationStatus else {
            throw Failure(description: "\(line): \(result.terminationStatus) \(result.standardError)")
        }
        return result.standardOutput
    }

    /// Mounts while `body` runs.
    ///
    /// - Parameter command: what mounts, without the mount point that ends it.
    static func withMount<Value>(
        _ command: String,
        at point: FilePath,
        _ body: () async throws -> Value
    ) async throws -> Value {
        try Publication.makeDirectories(point)
        try await shell("\(command) '\(point)'")
        do {
            let value = try await body()
            try await shell("umount --lazy '\(point)'")
            return value
        } catch {
            _ = try? await shell("umount --lazy '\(point)'")
            throw error
        }
    }

    /// All of a file of /proc, which tells no size.
    static func text(of path: FilePath) throws -> String {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        return try descriptor.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    private static func succeeds(_ line: String) -> Bool {
        let process = popen("PATH=$PATH:/usr/sbin:/sbin; (\(line)) >/dev/null 2>&1", "r")
        guard let process else { return false }
        return pclose(process) == 0
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where there is an obstacle, and says which.
    static func unless(_ obstacle: @autoclosure @escaping @Sendable () -> String?) -> ConditionTrait {
        let found = obstacle()
        return .enabled(if: found == nil, Comment(rawValue: found ?? ""))
    }
}
