import Glibc
import SystemPackage
import Testing

@testable import LinuxSystem

@Suite struct SystemCallErrorTests {
    @Test func namesCallPathAndCause() {
        let error = SystemCallError(call: "open", path: "/x/y", errorNumber: ENOENT)
        #expect(error.description == "cannot open \"/x/y\": No such file or directory (ENOENT)")
    }

    @Test func namesBothPaths() {
        let error = SystemCallError(call: "rename", path: "/a", destination: "/b", errorNumber: EXDEV)
        let start = "cannot rename \"/a\" to \"/b\": Invalid cross-device link (EXDEV); "
        #expect(error.description.hasPrefix(start))
    }

    @Test func survivesNumbersThatNobodyKnows() {
        #expect(SystemCallError(call: "open", path: nil, errorNumber: 9999).description == "cannot open: error 9999")
        #expect(SystemCallError(call: "open", path: nil, errorNumber: -1).description == "cannot open: error -1")
    }

    @Test(arguments: [
        ("inotify_add_watch", ENOSPC, "fs.inotify.max_user_watches"),
        ("inotify_init1", EMFILE, "fs.inotify.max_user_instances"),
        ("open", EMFILE, "LimitNOFILE="),
        ("open", ENFILE, "fs.file-max"),
        ("write", ENOSPC, "free some space"),
        ("write", EDQUOT, "quota"),
        ("open", EACCES, "this process runs as user"),
        ("link", EPERM, "fs.protected_hardlinks"),
        ("open", EROFS, "ReadWritePaths="),
        ("reflink", EXDEV, "different filesystems"),
        ("read", EIO, "dmesg"),
        ("write", ENOSPC, "inodes (df -i)"),
        ("open directory", ESTALE, "remount it if this lasts"),
        ("stat", ENOTCONN, "the FUSE process behind this mount has ended"),
    ])
    func givesTheRemedy(call: String, errorNumber: Int32, remedy: String) {
        #expect(SystemCallError(call: call, path: "/x", errorNumber: errorNumber).description.contains(remedy))
    }

    @Test("a socket that is not connected has no mount to mend")
    func noRemedyWithoutAPath() {
        let error = SystemCallError(call: "receive", path: nil, errorNumber: ENOTCONN)
        #expect(error.description.hasSuffix("(ENOTCONN)"))
    }

    @Test func classifies() {
        func error(_ number: Int32) -> SystemCallError { SystemCallError(call: "x", path: nil, errorNumber: number) }
        #expect(error(ENOSPC).isOutOfSpace && error(EDQUOT).isOutOfSpace && !error(EIO).isOutOfSpace)
        #expect(error(ENOENT).isNotFound && error(ENOTDIR).isNotFound && !error(EACCES).isNotFound)
        #expect(error(EACCES).isPermissionDenied && error(EPERM).isPermissionDenied && !error(EIO).isPermissionDenied)
        #expect(error(EOPNOTSUPP).isUnsupported && error(EXDEV).isUnsupported && !error(ENOSPC).isUnsupported)
    }

    @Test func interruptedCallsAreRepeated() throws {
        var calls = 0
        let result = try systemCall("x") {
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 7
        }
        #expect(result == 7 && calls == 3)
    }
}
