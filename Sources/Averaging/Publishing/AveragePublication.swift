package import LinuxSystem
package import SystemPackage

/// Makes a staged average visible; the one way for the daemon and for averages by hand.
package enum AveragePublication {
    /// Gives a staged average its name in `directory`, in place of an older one of that name.
    ///
    /// At every instant, and after a crash as well, a manifest describes the file beside it or is absent: where a file is
    /// replaced, the manifest of the old one goes first and that of the new one comes last. A directory has its manifest
    /// inside and is replaced in one step.
    ///
    /// Bringing the last name to the disk (`Publication.synchronizeDirectory`) is left to the caller: readers have the
    /// average then, whatever becomes of that.
    package static func publish(_ staged: StagedAverage, in directory: FilePath) throws(SystemCallError) {
        let name = staged.outputName
        let manifest = name + AverageManifest.fileSuffix
        let stagedManifest = staged.directory.appending(manifest)
        let isFile = try FileStatus.ifPresent(stagedManifest, followSymlinks: false) != nil
        if isFile, try FileStatus.ifPresent(directory.appending(manifest), followSymlinks: false) != nil {
            try Publication.removeTree(directory.appending(manifest))
            try Publication.synchronizeDirectory(directory)
        }
        try Publication.replace(directory.appending(name), by: staged.directory.appending(name))
        if isFile {
            // Before its manifest, for the disk may take names in any order.
            try Publication.synchronizeDirectory(directory)
            try Publication.replace(directory.appending(manifest), by: stagedManifest)
        }
    }
}
