import Checkpoints
package import LinuxSystem
package import SystemPackage

/// The output root: published averages by recipe, and the private place beside them.
///
/// Whatever it writes, renames or removes it reaches through directories that it holds (`OwnPlace`), never through a link.
package struct AverageStore: Sendable {
    /// The name of the link to the newest average.
    package static let latestName = "latest"
    /// The name of the private directory.
    package static let privateName = ".lawad"

    /// The output root.
    package let root: FilePath
    private let rootPlace: OwnPlace
    private let watched: FilePath?

    /// Opens the store of an output root; nothing is made yet.
    ///
    /// - Parameter watched: the trainer's directory, in which nothing is published wherever links lead.
    package init(root: FilePath, watched: FilePath? = nil) {
        self.root = root
        self.watched = watched
        rootPlace = OwnPlace(root: root)
    }

    /// The private directory: lock, pins, staging.
    package var privatePlace: OwnPlace { rootPlace.place(Self.privateName, mode: 0o700) }
    /// Where averages and pins are made before anybody sees them.
    package var staging: OwnPlace { privatePlace.place("staging", mode: 0o700) }
    /// Where the members of windows are kept.
    package var pins: OwnPlace { privatePlace.place("pins") }
    /// What each of them was made of.
    package var pinRecords: OwnPlace { privatePlace.place("pin-records") }
    /// Where the averages of a recipe are published.
    package func place(of recipe: String) -> OwnPlace { rootPlace.place(recipe) }
    /// The path of that.
    package func directory(of recipe: String) -> FilePath { place(of: recipe).path }

    /// Makes the output root and the private directory in it, where the lock is taken.
    @discardableResult
    package func makePrivateDirectory() throws(SystemCallError) -> HeldDirectory {
        try privatePlace.make()
    }

    /// Clears what an earlier run left half-made or half-removed; for whoever holds the lock.
    package func prepare() throws {
        let directory = try makePrivateDirectory()
        defer { directory.keep() }
        try finishRemoval()
        try Publication.removeTree(directory.anchor.appending("staging"))
        _ = try staging.make()
    }

    /// Publishes a staged average under its name; `settle` does what follows.
    ///
    /// - Throws: where readers do not have it. Nothing stays in staging then.
    package func publish(_ staged: StagedAverage, recipe: String) throws(SystemCallError) -> PublishedAverage {
        do {
            let directory = try ownDirectory(of: recipe)
            defer { directory.keep() }
            try AveragePublication.publish(staged, in: directory.anchor)
            return PublishedAverage(path: directory.path.appending(staged.outputName), manifest: staged.manifest)
        } catch {
            try? Publication.removeTree(staged.directory)
            throw error
        }
    }

    /// Does what follows once readers have an average: brings its name to the disk, empties staging, and points `latest`
    /// at it. It may be done again, as often as it fails.
    ///
    /// `latest` goes to the average published last, which after a run that went back is not the highest step.
    package func settle(_ average: PublishedAverage, recipe: String) throws(SystemCallError) {
        let directory = try ownDirectory(of: recipe)
        let staging = try staging.make()
        defer { directory.keep(); staging.keep() }
        try Publication.synchronizeDirectory(directory.anchor)
        try Publication.removeTree(staging.anchor.appending(StagedAverage.directoryName))
        let name = average.manifest.name
        let latest = directory.anchor.appending(Self.latestName)
        guard (try? SymbolicLink.target(of: latest)) != FilePath(name) else { return }
        try Publication.replaceSymlink(at: latest, target: name, staging: staging.anchor)
    }

    /// The name that a recipe's `latest` points at; nil where there is no such link.
    package func latestName(of recipe: String) -> String? {
        guard let directory = try? place(of: recipe).open() else { return nil }
        defer { directory.keep() }
        return (try? SymbolicLink.target(of: directory.anchor.appending(Self.latestName)))?.string
    }

    /// Removes an average; a reader sees all of it or nothing.
    ///
    /// It only renames and removes, so that it works where nothing can be made any more. The manifest of a file goes first,
    /// and lies in staging until the file is gone, by which the next removal, or a start after a crash, finds what is left
    /// to remove.
    package func remove(_ average: PublishedAverage, recipe: String) throws(SystemCallError) {
        guard let name = average.path.lastComponent?.string, let directory = try place(of: recipe).open() else {
            return
        }
        let staging = try staging.make()
        defer { directory.keep(); staging.keep() }
        let (grave, manifest) = (
            staging.anchor.appending("removed"), directory.anchor.appending(name + Self.manifestSuffix)
        )
        // Its trace would be lost under that of this removal.
        try finishRemoval()
        try Publication.removeTree(grave)
        if try FileStatus.ifPresent(manifest, followSymlinks: false) != nil {
            try Publication.publish(staged: manifest, as: staging.anchor.appending(Self.removedManifest))
        }
        if try FileStatus.ifPresent(directory.anchor.appending(name), followSymlinks: false) != nil {
            try Publication.publish(staged: directory.anchor.appending(name), as: grave)
            try Publication.removeTree(grave)
        }
        try Publication.removeTree(staging.anchor.appending(Self.removedManifest))
    }

    /// Clears manifests whose file is gone; for a start.
    package func removeOrphans(of recipe: String) throws(SystemCallError) {
        guard let directory = try place(of: recipe).open() else { return }
        defer { directory.keep() }
        for entry in try DirectoryListing.entries(of: directory.anchor)
        where entry.kind == .regular && Self.isManifest(entry.name) {
            let file = directory.anchor.appending(String(entry.name.dropLast(Self.manifestSuffix.count)))
            let path = directory.anchor.appending(entry.name)
            guard try FileStatus.ifPresent(file, followSymlinks: false) == nil,
                let manifest = try? ManifestFile.read(path),
                manifest.recipe == recipe, manifest.name == file.lastComponent?.string
            else { continue }
            try Publication.removeTree(path)
        }
    }

    /// Ends a removal that was broken off after its manifest was taken away.
    private func finishRemoval() throws(SystemCallError) {
        guard let staging = try staging.open() else { return }
        defer { staging.keep() }
        guard let manifest = try? ManifestFile.read(staging.anchor.appending(Self.removedManifest)),
            let directory = try place(of: manifest.recipe).open()
        else { return }
        defer { directory.keep() }
        let file = directory.anchor.appending(manifest.name)
        let beside = directory.anchor.appending(manifest.name + Self.manifestSuffix)
        guard try FileStatus.ifPresent(beside, followSymlinks: false) == nil, try Self.describes(manifest, file) else {
            return
        }
        try Publication.removeTree(file)
    }

    /// A recipe's directory, made where it is missing, that is not the trainer's by any way.
    private func ownDirectory(of recipe: String) throws(SystemCallError) -> HeldDirectory {
        let directory = try place(of: recipe).make()
        if let watched, let status = try? FileStatus.of(watched), FileIdentity(status) == directory.identity {
            throw .isWatchedDirectory(directory.path)
        }
        return directory
    }

    private static let manifestSuffix = AverageManifest.fileSuffix
    private static let removedManifest = "removed" + manifestSuffix
}
