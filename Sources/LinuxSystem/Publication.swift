import CLinux
import Glibc
package import SystemPackage

/// Makes files and directories appear under their final names whole, and stay there after a crash.
package enum Publication {
    /// Makes a directory and those on the way to it; existing ones stay as they are.
    package static func makeDirectories(_ path: FilePath, mode: UInt32 = 0o777) throws(SystemCallError) {
        do {
            try makeDirectory(path, mode: mode)
        } catch {
            let parent = path.removingLastComponent()
            guard error.errorNumber == ENOENT, !parent.isEmpty, parent != path else { throw error }
            try makeDirectories(parent, mode: mode)
            // Once: a filesystem such as /proc says ENOENT although the parent is there.
            try makeDirectory(path, mode: mode)
        }
    }

    private static func makeDirectory(_ path: FilePath, mode: UInt32) throws(SystemCallError) {
        do {
            try systemCall("make directory", path) { path.withPlatformString { mkdir($0, mode) } }
        } catch {
            guard error.errorNumber == EEXIST else { throw error }
            guard try FileStatus.of(path).kind == .directory else {
                throw SystemCallError(call: "make directory", path: path, errorNumber: ENOTDIR)
            }
        }
    }

    /// Makes a new directory of an unused name in `parent` that only this user may enter.
    package static func makeTemporaryDirectory(
        in parent: FilePath,
        prefix: String
    ) throws(SystemCallError) -> FilePath {
        let template = parent.appending(prefix + "XXXXXX")
        var name = template.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
        try systemCall("make directory", template) { mkdtemp(&name) == nil ? -1 : 0 }
        return FilePath(platformString: name)
    }

    /// Gives `staged` the name `destination`; readers see the old or the new at any moment, never half, never none.
    ///
    /// Both are on one filesystem; the bytes are on the disk already (`synchronizeTree`), the names are when this
    /// returns. What was at `destination` is removed; where that fails, the path at which it lies is returned, and it
    /// may be removed later. On a filesystem that cannot exchange two names a directory is missing for a moment.
    @discardableResult
    package static func publish(
        staged: FilePath,
        as destination: FilePath
    ) throws(SystemCallError) -> FilePath? {
        let replaced = try replace(destination, by: staged)
        try synchronizeDirectory(parent(of: destination))
        try synchronizeDirectory(parent(of: staged))
        guard let replaced else {
            return nil
        }
        do {
            try removeTree(replaced)
        } catch {
            return replaced
        }
        return nil
    }

    /// Makes `path` a symbolic link to `target`; an older link is replaced in one step, anything else is not.
    ///
    /// The link is made in `staging`, a directory of ours on the same filesystem; without it, beside `path`.
    package static func replaceSymlink(
        at path: FilePath,
        target: String,
        staging: FilePath? = nil
    ) throws(SystemCallError) {
        try StagedSymlink(target: target, in: staging ?? parent(of: path)).publish(as: path)
    }

    /// Gives `staged` the name `destination` as `publish` does, and leaves it to the caller to bring the names to the disk
    /// and to remove what was replaced.
    ///
    /// - Returns: where the replaced one is now, if there was one that the rename did not remove: at `staged`, or beside it.
    @discardableResult
    package static func replace(
        _ destination: FilePath,
        by staged: FilePath
    ) throws(SystemCallError) -> FilePath? {
        do {
            try rename(staged, to: destination)
            return nil
        } catch  where [ENOTEMPTY, EEXIST, EISDIR, ENOTDIR].contains(error.errorNumber) {
            do {
                try systemCall("exchange", staged, to: destination) {
                    withPaths(staged, destination) { lawa_renameat2_exchange($0, $1) }
                }
                return staged
            } catch  where error.isUnsupported {
                return try replaceInTwoSteps(destination, by: staged)
            }
        }
    }

    /// The way of filesystems without exchange: the old one steps aside, and back again where the new one fails.
    static func replaceInTwoSteps(
        _ destination: FilePath,
        by staged: FilePath
    ) throws(SystemCallError) -> FilePath {
        let aside = try makeTemporaryDirectory(in: parent(of: staged), prefix: ".replaced-")
        let old = aside.appending("old")
        do {
            try rename(destination, to: old)
        } catch {
            try? removeTree(aside)
            throw error
        }
        do {
            try rename(staged, to: destination)
        } catch {
            try? rename(old, to: destination)
            rmdirIgnoringErrors(aside)
            throw error
        }
        return aside
    }

    // Not removeTree: where the way back failed too, the old one is still in there.
    private static func rmdirIgnoringErrors(_ path: FilePath) {
        _ = path.withPlatformString { rmdir($0) }
    }

    private static func rename(_ source: FilePath, to destination: FilePath) throws(SystemCallError) {
        try systemCall("rename", source, to: destination) {
            withPaths(source, destination) { Glibc.rename($0, $1) }
        }
    }
}
