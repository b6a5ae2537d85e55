import Glibc
package import SystemPackage

/// The least of the limits on a process's memory, and where it comes from.
package struct MemoryLimit: Sendable, Equatable {
    /// The limit in bytes.
    package let byteCount: Int
    /// What sets it, for messages: the file of a control group, a resource limit, or the machine.
    package let origin: String

    /// The limit of this process as it is now.
    package static func ofThisProcess() -> MemoryLimit {
        let machine = MemoryLimit(
            byteCount: sysconf(Int32(_SC_PHYS_PAGES)) * HostProcess.pageByteCount,
            origin: "the machine's memory"
        )
        let groups = HostProcess.readSmallFile("/proc/self/cgroup").map { controlGroups($0, mounts: "/sys/fs/cgroup") }
        return (resources + (groups ?? []) + [machine]).min { $0.byteCount < $1.byteCount } ?? machine
    }

    /// The limits of control groups, their own and those of every group above.
    ///
    /// `memory.high` of version 2 slows a process down and never ends it, so it does not count.
    /// Documentation: `Documentation/admin-guide/cgroup-v2.rst` and `cgroup-v1/memory.rst` of Linux.
    ///
    /// - Parameters:
    ///   - membership: What `/proc/PID/cgroup` says.
    ///   - mounts: Where control groups are mounted: those of version 2 there or in `unified`, memory of version 1 in
    ///     `memory`.
    package static func controlGroups(_ membership: String, mounts: FilePath) -> [MemoryLimit] {
        membership.split(separator: "\n").flatMap { line -> [MemoryLimit] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            if fields[0] == "0", fields[1].isEmpty {
                return [mounts, mounts.appending("unified")].flatMap {
                    limits(of: fields[2], below: $0, files: ["memory.max"])
                }
            }
            guard fields[1].split(separator: ",").contains("memory") else { return [] }
            return limits(of: fields[2], below: mounts.appending("memory"), files: ["memory.limit_in_bytes"])
        }
    }

    // In a container the group's path can be that outside, of which nothing but the top is mounted.
    private static func limits(of group: Substring, below mount: FilePath, files: [String]) -> [MemoryLimit] {
        var names = group.split(separator: "/").map(String.init)
        if names.contains("..") { names = [] }
        return (0...names.count).flatMap { count in
            let directory = names.prefix(count).reduce(mount) { $0.appending($1) }
            return files.compactMap { file -> MemoryLimit? in
                let path = directory.appending(file)
                guard let text = HostProcess.readSmallFile(path), let limit = Int(text.filter { !$0.isWhitespace })
                else {
                    return nil
                }
                return MemoryLimit(byteCount: limit, origin: path.string)
            }
        }
    }

    private static var resources: [MemoryLimit] {
        [(RLIMIT_AS, "RLIMIT_AS"), (RLIMIT_DATA, "RLIMIT_DATA")].compactMap { resource, name in
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return nil }
            return Int(exactly: limit.rlim_cur).map { MemoryLimit(byteCount: $0, origin: name) }
        }
    }
}
