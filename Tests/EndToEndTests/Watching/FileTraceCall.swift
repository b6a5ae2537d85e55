import SystemPackage

/// One system call as strace prints it with `-y`: file descriptors with their paths.
struct FileTraceCall {
    /// What a call does to a path.
    struct Effect {
        /// Nil where the call names nothing that could be resolved.
        let path: FilePath?
        let isChange: Bool
    }

    /// How the arguments of a call name paths.
    private enum Form {
        case path(Int)
        /// A path that counts from a directory's descriptor; without a path the descriptor itself.
        case pathAt(Int)
        case descriptor(Int)
        /// Opening: the path like `pathAt` or `path`, and the flags.
        case open(path: Int, flags: Int, isRelative: Bool)
    }

    private let name: Substring
    private let arguments: [Substring]
    private let result: Substring

    /// Calls by the paths that they change and those that they only read.
    private static let known: [String: (changes: [Form], reads: [Form])] = {
        var known: [String: (changes: [Form], reads: [Form])] = [
            "open": ([.open(path: 0, flags: 1, isRelative: false)], []),
            "openat": ([.open(path: 1, flags: 2, isRelative: true)], []),
            "openat2": ([.open(path: 1, flags: 2, isRelative: true)], []),
            "rename": ([.path(0), .path(1)], []),
            "renameat": ([.pathAt(0), .pathAt(2)], []),
            "renameat2": ([.pathAt(0), .pathAt(2)], []),
            // A second name for a file of the tree is a pin; a name in the tree is not.
            "link": ([.path(1)], [.path(0)]),
            "linkat": ([.pathAt(2)], [.pathAt(0)]),
            "symlink": ([.path(1)], []),
            "symlinkat": ([.pathAt(1)], []),
            "mount": ([.path(1)], []),
        ]
        let changing = [
            "creat", "unlink", "rmdir", "mkdir", "mknod", "chmod", "chown", "lchown", "truncate", "utime", "utimes",
            "setxattr", "lsetxattr", "removexattr", "lremovexattr", "umount", "umount2",
        ]
        for name in changing { known[name] = ([.path(0)], []) }
        let changingAt = [
            "unlinkat", "mkdirat", "mknodat", "fchmodat", "fchmodat2", "fchownat", "utimensat", "futimesat",
        ]
        for name in changingAt { known[name] = ([.pathAt(0)], []) }
        for name in ["fchmod", "fchown", "ftruncate", "fallocate", "fsetxattr", "fremovexattr"] {
            known[name] = ([.descriptor(0)], [])
        }
        let reading = [
            "stat", "lstat", "statfs", "access", "readlink", "chdir", "chroot", "execve", "getxattr", "lgetxattr",
            "listxattr", "llistxattr", "getcwd",
        ]
        for name in reading { known[name] = ([], [.path(0)]) }
        let readingAt = [
            "newfstatat", "statx", "faccessat", "faccessat2", "readlinkat", "execveat", "name_to_handle_at",
        ]
        for name in readingAt { known[name] = ([], [.pathAt(0)]) }
        // cachestat(2), for which strace has no name; it only counts pages.
        known["syscall_0x1c3"] = ([], [])
        known["inotify_add_watch"] = ([], [.path(1)])
        return known
    }()

    /// What strace is asked to tell. The last two could do anything that this does not see.
    static let traced =
        ["%file", "fchmod", "fchown", "ftruncate", "fallocate", "fsetxattr", "fremovexattr"]
        + ["io_uring_setup", "open_by_handle_at"]

    /// Takes a call apart; nil where it is none.
    init?(parsing text: String) {
        guard let opening = text.firstIndex(of: "(") else { return nil }
        name = text[..<opening]
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
        guard let (arguments, rest) = Self.split(text[text.index(after: opening)...]) else { return nil }
        self.arguments = arguments
        let tail = rest.drop { $0 == " " }
        guard tail.hasPrefix("= ") else { return nil }
        result = tail.dropFirst(2)
    }

    /// What the call does; nil where the call is unknown or does not have the arguments that it should.
    var effects: [Effect]? {
        guard let (changes, reads) = Self.known[String(name)] else { return nil }
        var effects: [Effect] = []
        for (form, isChange) in changes.map({ ($0, true) }) + reads.map({ ($0, false) }) {
            guard let found = self.effects(of: form, isChange) else { return nil }
            effects += found
        }
        return effects
    }

    private func effects(of form: Form, _ isChange: Bool) -> [Effect]? {
        switch form {
        case .path(let index):
            guard arguments.indices.contains(index) else { return nil }
            return [Effect(path: Self.string(arguments[index]).map { FilePath($0) }, isChange: isChange)]
        case .descriptor(let index):
            guard arguments.indices.contains(index) else { return nil }
            return [Effect(path: Self.descriptorPath(arguments[index]), isChange: isChange)]
        case .pathAt(let index):
            guard arguments.indices.contains(index + 1) else { return nil }
            return [Effect(path: relativePath(index), isChange: isChange)]
        case .open(let path, let flags, let isRelative):
            guard arguments.indices.contains(flags) else { return nil }
            let isWriting = Self.isWriting(arguments[flags])
            let named = isRelative ? relativePath(path - 1) : Self.string(arguments[path]).map { FilePath($0) }
            // A symbolic link on the way shows in what was opened.
            return [Effect(path: named, isChange: isWriting)]
                + (Self.descriptorPath(result).map { [Effect(path: $0, isChange: isWriting)] } ?? [])
        }
    }

    private func relativePath(_ index: Int) -> FilePath? {
        let base = Self.descriptorPath(arguments[index])
        guard let path = Self.string(arguments[index + 1]) else { return base }
        guard !path.isEmpty else { return base }
        return FilePath(path).isAbsolute ? FilePath(path) : base?.pushing(FilePath(path))
    }

    private static func isWriting(_ flags: Substring) -> Bool {
        let words = flags.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        let writing: Set<Substring> = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_TMPFILE", "O_APPEND"]
        // O_TMPFILE is printed as __O_TMPFILE|O_DIRECTORY by some versions.
        return words.contains { writing.contains($0) || $0.hasSuffix("O_TMPFILE") }
    }
}

// MARK: - Text

extension FileTraceCall {
    /// Splits arguments at commas, up to the parenthesis that ends them.
    private static func split(_ text: Substring) -> (arguments: [Substring], rest: Substring)? {
        var (arguments, start, depth, isQuoted, isEscaped) = ([Substring](), text.startIndex, 0, false, false)
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted && character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if isQuoted {
                continue
            } else if "([{<".contains(character) {
                depth += 1
            } else if depth > 0 && ")]}>".contains(character) {
                depth -= 1
            } else if depth == 0 && (character == "," || character == ")") {
                arguments.append(text[start..<index].drop { $0 == " " })
                start = text.index(after: index)
                if character == ")" { return (arguments, text[start...]) }
            }
        }
        return nil
    }

    /// The path behind a descriptor: `7</run>` or `AT_FDCWD</run>`.
    private static func descriptorPath(_ argument: Substring) -> FilePath? {
        guard let start = argument.firstIndex(of: "<"), let end = argument.lastIndex(of: ">") else { return nil }
        let path = argument[argument.index(after: start)..<end]
        // What was removed meanwhile is still of the tree.
        let name = path.hasSuffix(" (deleted)") ? path.dropLast(10) : path
        return name.hasPrefix("/") ? FilePath(unescaped(name)) : nil
    }

    /// A text in quotes; nil for NULL and for what strace could not read.
    private static func string(_ argument: Substring) -> String? {
        guard argument.hasPrefix("\""), argument.hasSuffix("\""), argument.count >= 2 else { return nil }
        return unescaped(argument.dropFirst().dropLast())
    }

    private static func unescaped(_ text: Substring) -> String {
        var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                bytes.append(byte)
                continue
            }
            let octal = rest.prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
            if let value = UInt8(String(decoding: octal, as: UTF8.self), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(octal.count)
            } else {
                bytes.append([UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13][next] ?? next)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
