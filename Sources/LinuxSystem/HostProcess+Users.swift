import Glibc

extension HostProcess {
    /// The login name of a user; nil where the system knows none.
    package static func userName(of identifier: UInt32) -> String? {
        var entry = passwd()
        return lookUp { buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            let status = getpwuid_r(identifier, &entry, buffer, size, &found)
            return (status, found?.pointee.pw_name.map { String(cString: $0) })
        }
    }

    /// The number of a group; nil where the system knows none of that name.
    package static func groupID(named name: String) -> UInt32? {
        var entry = group()
        return lookUp { buffer, size in
            var found: UnsafeMutablePointer<group>?
            let status = getgrnam_r(name, &entry, buffer, size, &found)
            return (status, found?.pointee.gr_gid)
        }
    }

    /// The name of a group; nil where the system knows none.
    package static func groupName(of identifier: UInt32) -> String? {
        var entry = group()
        return lookUp { buffer, size in
            var found: UnsafeMutablePointer<group>?
            let status = getgrgid_r(identifier, &entry, buffer, size, &found)
            return (status, found?.pointee.gr_name.map { String(cString: $0) })
        }
    }

    /// The account of a login name; nil where the system knows none.
    package static func account(named name: String) -> UserAccount? {
        var entry = passwd()
        return lookUp { buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            let status = getpwnam_r(name, &entry, buffer, size, &found)
            return (status, found.flatMap { account(of: $0.pointee) })
        }
    }

    /// The account of a user's number; nil where the system knows none.
    package static func account(of identifier: UInt32) -> UserAccount? {
        var entry = passwd()
        return lookUp { buffer, size in
            var found: UnsafeMutablePointer<passwd>?
            let status = getpwuid_r(identifier, &entry, buffer, size, &found)
            return (status, found.flatMap { account(of: $0.pointee) })
        }
    }

    private static func account(of entry: passwd) -> UserAccount? {
        guard let name = entry.pw_name.map({ String(cString: $0) }) else { return nil }
        return UserAccount(
            name: name,
            user: entry.pw_uid,
            group: entry.pw_gid,
            groups: groups(of: name, primary: entry.pw_gid)
        )
    }

    /// All groups of a user, the primary one included; see getgrouplist(3).
    private static func groups(of name: String, primary: UInt32) -> Set<UInt32> {
        var count: Int32 = 64
        while count <= 1 << 16 {
            var groups = [gid_t](repeating: 0, count: Int(count))
            var found = count
            if getgrouplist(name, primary, &groups, &found) >= 0 {
                return Set(groups.prefix(Int(found)))
            }
            // Where there are more, the call says how many.
            count = max(found, count * 2)
        }
        return [primary]
    }

    /// For messages: `user "anna" (1000)`, or `user 1000` where there is no name.
    static var userDescription: String {
        userName(of: effectiveUser).map { "user \"\($0)\" (\(effectiveUser))" } ?? "user \(effectiveUser)"
    }

    // A group of many members needs more room than any fixed size.
    private static func lookUp<Value>(_ call: (UnsafeMutablePointer<CChar>, Int) -> (Int32, Value?)) -> Value? {
        var size = 4096
        while size <= 4 << 20 {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let (status, value) = call(buffer, size)
            if status != ERANGE && status != EINTR {
                return value
            }
            size *= status == ERANGE ? 4 : 1
        }
        return nil
    }
}
