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
