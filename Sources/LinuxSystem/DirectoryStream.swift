import Glibc
import SystemPackage

/// The entries of one open directory as the kernel hands them out: raw names, in no order, without `.` and `..`.
struct DirectoryStream: ~Copyable {
    private let stream: OpaquePointer
    private let path: FilePath

    /// Opens a directory; `parent` makes a relative path start there, and a symbolic link can be refused.
    init(_ path: FilePath, parent: Int32 = AT_FDCWD, followSymlinks: Bool = true) throws(SystemCallError) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followSymlinks ? 0 : O_NOFOLLOW)
        let descriptor = try systemCall("open directory", path) {
            path.withPlatformString { openat(parent, $0, flags) }
        }
        guard let stream = fdopendir(descriptor) else {
            let errorNumber = errno
            close(descriptor)
            throw SystemCallError(call: "open directory", path: path, errorNumber: errorNumber)
        }
        self.stream = stream
        self.path = path
    }

    /// The directory's own descriptor; valid as long as the stream lives.
    var descriptor: Int32 { dirfd(stream) }

    /// The next name, terminated by zero, and its kind where the filesystem says it; nil at the end.
    func next() throws(SystemCallError) -> (name: [CChar], kind: FileKind?)? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let errorNumber = errno
                guard errorNumber == 0 else {
                    throw SystemCallError(call: "list", path: path, errorNumber: errorNumber)
                }
                return nil
            }
            let name = Self.name(of: entry)
            if name != [0x2E, 0] && name != [0x2E, 0x2E, 0] {
                return (name, Self.kind(of: entry))
            }
        }
    }

    /// All names that are left, each terminated by zero.
    func allNames() throws(SystemCallError) -> [[CChar]] {
        var names: [[CChar]] = []
        while let (name, _) = try next() { names.append(name) }
        return names
    }

    /// What an entry is, itself; nil where it has gone.
    func kind(of name: [CChar]) throws(SystemCallError) -> FileKind? {
        var status = stat()
        do {
            try systemCall("stat an entry of", path) { fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) }
        } catch  where error.isNotFound {
            return nil
        }
        return FileKind(mode: status.st_mode)
    }

    // By address: the entry is shorter than its type where the name is short, so it must not be copied.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [CChar] {
        let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
        let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        return Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
    }

    private static func kind(of entry: UnsafeMutablePointer<dirent>) -> FileKind? {
        switch Int(entry.pointee.d_type) {
        case Int(DT_UNKNOWN): nil
        case Int(DT_REG): .regular
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symbolicLink
        default: .other
        }
    }

    deinit {
        closedir(stream)
    }
}
