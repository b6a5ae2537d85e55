import CLinux
import Glibc
package import SystemPackage

/// What a system call refused to do, and with which path.
package struct SystemCallError: Error, Equatable, Sendable {
    /// The call's name, for example "open".
    package let call: String
    /// The path it was given, if any.
    package let path: FilePath?
    /// The second path of a call that takes two.
    package let destination: FilePath?
    /// The value of errno, for example 2.
    package let errorNumber: Int32

    /// Makes the error of one call.
    package init(call: String, path: FilePath?, destination: FilePath? = nil, errorNumber: Int32) {
        self.call = call
        self.path = path?.presented
        self.destination = destination?.presented
        self.errorNumber = errorNumber
    }

    /// EIO, for a check of our own that found what the kernel would report so.
    package static let inputOutputError = EIO
    /// ENOENT, likewise.
    package static let notFound = ENOENT

    /// A directory for averages that turns out to be the one that is watched.
    package static func isWatchedDirectory(_ path: FilePath) -> SystemCallError {
        SystemCallError(call: HeldDirectory.openingOwn, path: path, errorNumber: EINVAL)
    }

    /// Whether the filesystem or the quota is full.
    package var isOutOfSpace: Bool { errorNumber == ENOSPC || errorNumber == EDQUOT }

    /// Whether the path, or a directory on the way to it, does not exist.
    package var isNotFound: Bool { errorNumber == ENOENT || errorNumber == ENOTDIR }

    /// Whether permissions forbid the call.
    package var isPermissionDenied: Bool { errorNumber == EACCES || errorNumber == EPERM }

    /// Whether the filesystem may not be written here.
    package var isReadOnly: Bool { errorNumber == EROFS }

    /// Whether the path is taken already.
    package var isAlreadyPresent: Bool { errorNumber == EEXIST || errorNumber == ENOTEMPTY }

    /// Whether the kernel or the filesystem, or this pair of filesystems, has no such operation.
    package var isUnsupported: Bool {
        [EOPNOTSUPP, ENOSYS, EXDEV, EINVAL, ENOTTY].contains(errorNumber)
    }
}

extension SystemCallError: CustomStringConvertible {
    /// For example `cannot open "/x/y": No such file or directory (ENOENT)`, and the remedy where there is one.
    package var description: String {
        let subject = path.map { " \"\($0)\"" } ?? ""
        let goal = destination.map { " to \"\($0)\"" } ?? ""
        let advice = remedy.map { "; \($0)" } ?? ""
        return "cannot \(call)\(subject)\(goal): \(Self.text(of: errorNumber))\(advice)"
    }

    /// "No such file or directory (ENOENT)" for 2; unlike strerror this is safe in every thread.
    package static func text(of errorNumber: Int32) -> String {
        guard let name = lawa_error_name(errorNumber), let meaning = lawa_error_description(errorNumber) else {
            return "error \(errorNumber)"
        }
        return "\(String(cString: meaning)) (\(String(cString: name)))"
    }

    private var remedy: String? {
        switch (call, errorNumber) {
        case ("inotify_add_watch", ENOSPC):
            "all inotify watches of this user are taken: raise the sysctl fs.inotify.max_user_watches"
        case ("inotify_init1", EMFILE):
            "all inotify instances of this user are taken: raise the sysctl fs.inotify.max_user_instances"
        case ("link", EPERM):
            "fs.protected_hardlinks forbids links to files of another user: run as the owner of the file"
        case (HeldDirectory.openingOwn, ELOOP):
            "a symbolic link is not followed where lawad keeps what it writes and removes: remove the link, or choose "
                + "an output of which nothing is a link"
        case (HeldDirectory.openingOwn, EINVAL):
            "it is the watched directory, in which lawad writes nothing: choose another output"
        case (_, EMFILE):
            "all file descriptors of this process are taken: raise LimitNOFILE= of the unit, or ulimit -n"
        case (_, ENFILE):
            "all file descriptors of this machine are taken: raise the sysctl fs.file-max"
        case (_, EFBIG):
            "the file would be larger than its filesystem or this process may have it: raise LimitFSIZE= of the unit, or "
                + "ulimit -f"
        case (_, ENOSPC):
            "free some space, or inodes (df -i), on that filesystem, or choose a path on another"
        case (_, EDQUOT):
            "the disk quota is used up: free some space, or have it raised"
        case (_, EACCES), (_, EPERM):
            "this process runs as \(HostProcess.userDescription): run it as the owner, or give that user access"
        case (_, EROFS):
            "the filesystem is read-only here; ProtectSystem=, ProtectHome= or ReadWritePaths= of a systemd unit may make it so"
        case (_, EXDEV):
            "the two paths are on different filesystems: choose paths on the same"
        case (_, EIO):
            "the device failed: look at the kernel log (dmesg)"
        case (_, ESTALE):
            "the file server has forgotten the directory: it is looked at again; remount it if this lasts"
        case (_, ENOTCONN) where path != nil:
            "the FUSE process behind this mount has ended: mount it again"
        default:
            nil
        }
    }
}
