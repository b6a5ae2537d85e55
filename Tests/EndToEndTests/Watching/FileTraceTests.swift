import SystemPackage
import Testing

/// The reading of strace's output: what it has to find, and what it must let pass.
@Suite struct FileTraceTests {
    private static func trace(_ lines: String...) -> FileTrace {
        FileTrace(lines.map { $0[...] }, of: "/data/run")
    }

    @Test(
        "every way of changing a tree is found",
        arguments: [
            #"openat(AT_FDCWD</>, "/data/run/a", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 5</data/run/a>"#,
            #"openat(AT_FDCWD</>, "/data/run/a", O_RDWR) = -1 EACCES (Permission denied)"#,
            #"openat(7</data/run/checkpoint-1>, "a", O_RDONLY|O_CREAT, 0666) = 5</data/run/checkpoint-1/a>"#,
            #"openat(7</data>, "run/../run/./a", O_RDONLY|O_TRUNC) = 5</data/run/a>"#,
            #"openat(AT_FDCWD</data/run>, ".", O_WRONLY|__O_TMPFILE|O_DIRECTORY, 0600) = 5</data/run/#123 (deleted)>"#,
            #"openat(AT_FDCWD</>, "/link/a", O_WRONLY) = 5</data/run/a>"#,
            #"openat2(AT_FDCWD</>, "/data/run/a", {flags=O_RDWR|O_CLOEXEC, resolve=0}, 24) = 5</data/run/a>"#,
            #"open("/data/run/a", O_WRONLY) = 5</data/run/a>"#,
            #"creat("/data/run/a", 0666) = 5</data/run/a>"#,
            #"rename("/data/run/a", "/elsewhere/a") = 0"#,
            #"rename("/elsewhere/a", "/data/run/a") = 0"#,
            #"renameat2(3</elsewhere>, "a", 4</data/run>, "b", RENAME_NOREPLACE) = 0"#,
            #"renameat(4</data/run>, "b", 3</elsewhere>, "a") = 0"#,
            #"link("/elsewhere/a", "/data/run/a") = 0"#,
            #"linkat(3</elsewhere>, "a", 4</data/run>, "b", 0) = 0"#,
            #"symlink("/elsewhere", "/data/run/a") = 0"#,
            #"symlinkat("/elsewhere", 4</data/run>, "a") = 0"#,
            #"unlink("/data/run/a") = -1 ENOENT (No such file or directory)"#,
            #"unlinkat(4</data/run/checkpoint-1>, "a", AT_REMOVEDIR) = 0"#,
            #"rmdir("/data/run") = 0"#,
            #"mkdir("/data/run/a", 0777) = 0"#,
            #"mkdirat(4</data/run>, "a", 0777) = 0"#,
            #"mknodat(4</data/run>, "a", S_IFIFO|0600) = 0"#,
            #"chmod("/data/run/a", 0600) = 0"#,
            #"fchmod(5</data/run/a>, 0600) = 0"#,
            #"fchmodat(AT_FDCWD</data/run>, "a", 0600) = 0"#,
            #"fchown(5</data/run/a>, 0, 0) = 0"#,
            #"truncate("/data/run/a", 0) = 0"#,
            #"ftruncate(5</data/run/a>, 0) = 0"#,
            #"fallocate(5</data/run/a>, 0, 0, 4096) = 0"#,
            #"utimensat(5</data/run/a>, NULL, [UTIME_NOW, UTIME_NOW], 0) = 0"#,
            #"utimensat(AT_FDCWD</>, "/data/run/a", NULL, 0) = 0"#,
            #"setxattr("/data/run/a", "user.a", "1", 1, 0) = 0"#,
            #"fsetxattr(5</data/run/a>, "user.a", "1", 1, 0) = 0"#,
            #"fremovexattr(5</data/run/a (deleted)>, "user.a") = 0"#,
            #"mount("/dev/loop0", "/data/run", "ext4", 0, NULL) = 0"#,
            #"unlink("/data/r\165n/\"a, b\"") = 0"#,
            #"unlink("/data/run") = 0"#,
        ]
    )
    func change(call: String) {
        #expect(Self.trace("42 \(call)").faults.map(\.reason) == ["changes the tree"])
    }

    @Test("a call that another thread interrupts is put together")
    func interrupted() {
        let trace = Self.trace(
            #"42 openat(AT_FDCWD</>, "/data/run/a",  <unfinished ...>"#,
            #"43 openat(AT_FDCWD</>, "/data/run/b", O_RDONLY <unfinished ...>"#,
            #"43 <... openat resumed>) = 5</data/run/b>"#,
            #"42 <... openat resumed>O_WRONLY|O_CREAT, 0666) = 6</data/run/a>"#
        )
        #expect(trace.faults.count == 1 && trace.faults.first?.line.contains("/data/run/a") == true)
        let killed = Self.trace(
            #"42 unlinkat(4</data/run>, "a", 0 <unfinished ...>"#,
            "42 +++ killed by SIGKILL +++"
        )
        #expect(killed.faults.count == 1)
        #expect(Self.trace("42 ???()                = ?", "42 +++ killed by SIGKILL +++").faults.isEmpty)
    }

    @Test(
        "what is not understood, or could do anything, is a fault",
        arguments: [
            "nonsense", "42 nonsense", #"42 unlink("/data/run/a" = 0"#, #"42 unlink("/data/run/a")"#,
            "42 <... openat resumed>) = 3", "42 io_uring_setup(8, {flags=0}) = 3<anon_inode:[io_uring]>",
            #"42 open_by_handle_at(3, {handle_bytes=8}, O_RDONLY) = 4</data/run/a>"#,
            #"42 invented("/elsewhere") = 0"#, "42 renameat(3</elsewhere>) = 0", "42 unlink(0x7ffe1234) = 0",
        ]
    )
    func strict(line: String) {
        #expect(Self.trace(line).faults.count == 1)
    }

    @Test("reading the tree, linking from it and changing what lies beside it is no fault")
    func harmless() {
        let trace = Self.trace(
            #"42 openat(AT_FDCWD</>, "/data/run/a", O_RDONLY|O_NONBLOCK|O_CLOEXEC) = 5</data/run/a>"#,
            #"42 openat(5</data/run>, "b", O_RDONLY|O_DIRECT) = -1 ENOENT (No such file or directory)"#,
            #"42 newfstatat(5</data/run>, "b", {st_mode=S_IFREG|0644, st_size=3, ...}, 0) = 0"#,
            #"42 statx(5</data/run>, "", AT_EMPTY_PATH, STATX_ALL, {stx_mask=0}) = 0"#,
            #"42 link("/data/run/a", "/data/run.lawa/.lawad/pins/a") = 0"#,
            #"42 linkat(5</data/run>, "a", 6</data/run.lawa>, "b", 0) = 0"#,
            #"42 inotify_add_watch(4<anon_inode:inotify>, "/data/run", IN_CREATE) = 1"#,
            #"42 symlink("/data/run/a", "/elsewhere/a") = 0"#,
            "42 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---",
            "42 +++ exited with 0 +++"
        )
        #expect(trace.faults == [])
        #expect(trace.touchCount == 7)
        let beside = Self.trace(
            #"42 openat(AT_FDCWD</>, "/data/run.lawa/a", O_WRONLY|O_CREAT, 0666) = 5</data/run.lawa/a>"#,
            #"42 rename("/data/run.lawa/a", "/data/run/../run.lawa/b") = 0"#,
            #"42 mkdir("/data/running", 0777) = 0"#
        )
        #expect(beside.faults == [] && beside.touchCount == 0)
    }
}
