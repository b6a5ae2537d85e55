package import Checkpoints
package import LinuxSystem
package import SystemPackage

/// An average that readers can see.
package struct PublishedAverage: Sendable {
    /// The directory or file.
    package let path: FilePath
    /// What it was made of.
    package let manifest: AverageManifest
    /// The version of the manifest's file that was read; nil where it was not read from a file.
    let version: FileFingerprint?

    package init(path: FilePath, manifest: AverageManifest) {
        self.init(path: path, manifest: manifest, version: nil)
    }

    init(path: FilePath, manifest: AverageManifest, version: FileFingerprint?) {
        self.path = path
        self.manifest = manifest
        self.version = version
    }

    /// The step of its newest member.
    package var step: Step { Step(manifest.step) }

    /// Orders by when they were published; those of one second by step.
    package static func isOlder(_ left: PublishedAverage, than right: PublishedAverage) -> Bool {
        (left.manifest.created, left.step) < (right.manifest.created, right.step)
    }
}

/// The output root: published averages by recipe, and the private place beside them.
package struct AverageStore: Sendable {
    /// The name of the link to the newest average.
    package static let latestName = "latest"

    /// The output root.
    package let root: FilePath

    /// Opens the store of an output root; nothing is made yet.
    package init(root: FilePath) {
        self.root = root
    }

    /// The private directory: lock, pins, staging.
    package var privateDirectory: FilePath { root.appending(".lawad") }
    /// Where averages and pins are made before anybody sees them.
    package var stagingDirectory: FilePath { privateDirectory.appending("staging") }
    /// Where the averages of a recipe are published.
    package func directory(of recipe: String) -> FilePath { root.appending(recipe) }

    /// Makes the output root and the private directory in it, where the lock is taken.
    package func makePrivateDirectory() throws {
        try Publication.makeDirectories(root)
        try Publication.makeDirectories(privateDirectory, mode: 0o700)
    }

    /// Clears what an earlier run left half-made; for whoever holds the lock.
    package func prepare() throws {
        try makePrivateDirectory()
        try Publication.removeTree(stagingDirectory)
        try Publication.makeDirectories(stagingDirectory, mode: 0o700)
    }

    /// Publishes a staged average under its name and points `latest` at it; nothing stays in staging, also where it fails.
    package func publish(_ staged: StagedAverage, recipe: String) throws(SystemCallError) -> PublishedAverage {
        do {
            let directory = directory(of: recipe)
            let name = staged.manifest.name
            try Publication.makeDirectories(directory)
            // Made while nothing is visible yet: what follows only renames, for which a full disk has room.
            let latest = try StagedSymlink(target: name, in: stagingDirectory)
            try move(staged, to: directory)
            try Publication.removeTree(staged.directory)
            try latest.publish(as: directory.appending(Self.latestName))
            return PublishedAverage(path: directory.appending(name), manifest: staged.manifest)
        } catch {
            try? Publication.removeTree(staged.directory)
            throw error
        }
    }

    private func move(_ staged: StagedAverage, to directory: FilePath) throws(SystemCallError) {
        let names = try DirectoryListing.entries(of: staged.directory).map(\.name)
        // The manifest goes first: a file average without one would look like somebody else's file.
        for name in names.sorted(by: { Self.isManifest($0) && !Self.isManifest($1) }) {
            let destination = directory.appending(name)
            do {
                try Publication.publish(staged: staged.directory.appending(name), as: destination)
            } catch {
                // A manifest of nothing is half an average.
                if !Self.isManifest(name), (try? FileStatus.ifPresent(destination)) == .some(nil) {
                    try? Publication.removeTree(directory.appending(name + AverageManifest.fileSuffix))
                }
                throw error
            }
        }
    }

    /// The name that a recipe's `latest` points at; nil where there is no such link.
    package func latestName(of recipe: String) -> String? {
        (try? SymbolicLink.target(of: directory(of: recipe).appending(Self.latestName)))?.string
    }

    /// Points `latest` at the average published last, which after a run that went back is not the highest step.
    package func pointLatest(at average: PublishedAverage, recipe: String) throws(SystemCallError) {
        try Publication.replaceSymlink(
            at: directory(of: recipe).appending(Self.latestName),
            target: average.manifest.name,
            staging: stagingDirectory
        )
    }

    /// The averages of a recipe that are whole, in ascending order of steps.
    ///
    /// Entries without a manifest of this program's, or with that of another name, as a copy that somebody keeps has, are
    /// somebody else's and are passed over.
    ///
    /// - Parameter known: what was found before; a manifest that has not changed since is not read again.
    package func averages(of recipe: String, known: [PublishedAverage] = []) throws -> [PublishedAverage] {
        let directory = directory(of: recipe)
        guard try FileStatus.ifPresent(directory) != nil else { return [] }
        let known = Dictionary(known.map { ($0.path, $0) }) { $1 }
        return try DirectoryListing.entries(of: directory).compactMap { entry in
            let path = directory.appending(entry.name)
            switch entry.kind {
            case .directory: return try average(at: path, unit: .directory, known: known[path])
            case .regular where !Self.isManifest(entry.name):
                return try average(at: path, unit: .file, known: known[path])
            default: return nil
            }
        }
        .filter { $0.path.lastComponent?.string == $0.manifest.name }
        .sorted { ($0.step, $0.manifest.name) < ($1.step, $1.manifest.name) }
    }

    /// Removes an average; a reader sees all of it or nothing.
    ///
    /// It only renames and removes, so that it works where nothing can be made any more.
    package func remove(_ average: PublishedAverage, recipe: String) throws {
        guard let name = average.path.lastComponent?.string else { return }
        try Publication.makeDirectories(stagingDirectory)
        let grave = stagingDirectory.appending("removed")
        for path in [average.path, directory(of: recipe).appending(name + AverageManifest.fileSuffix)]
        where try FileStatus.ifPresent(path) != nil {
            try Publication.removeTree(grave)
            try Publication.publish(staged: path, as: grave)
            try Publication.removeTree(grave)
        }
    }

    private func average(
        at path: FilePath,
        unit: CheckpointCandidate.Unit,
        known: PublishedAverage?
    ) throws -> PublishedAverage? {
        let file = ManifestFile.path(of: path, unit: unit)
        guard let status = try FileStatus.ifPresent(file) else { return nil }
        let version = FileFingerprint(status)
        if let known, known.version == version { return known }
        do {
            return PublishedAverage(path: path, manifest: try ManifestFile.read(file), version: version)
        } catch is ManifestError {
            return nil
        }
    }

    private static func isManifest(_ name: String) -> Bool {
        name.hasSuffix(AverageManifest.fileSuffix)
    }
}
