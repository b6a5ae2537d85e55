package import Checkpoints
package import LinuxSystem
package import SystemPackage

/// An average that readers can see.
package struct PublishedAverage: Sendable {
    /// The directory or file.
    package let path: FilePath
    /// What it was made of.
    package let manifest: AverageManifest

    package init(path: FilePath, manifest: AverageManifest) {
        self.path = path
        self.manifest = manifest
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

    /// Publishes a staged average under its name and points `latest` at it.
    package func publish(_ staged: StagedAverage, recipe: String) throws(SystemCallError) -> PublishedAverage {
        let directory = directory(of: recipe)
        try Publication.makeDirectories(directory)
        // The manifest goes first: a file average without one would look like somebody else's file.
        let names = try DirectoryListing.entries(of: staged.directory).map(\.name)
        for name in names.sorted(by: { Self.isManifest($0) && !Self.isManifest($1) }) {
            try Publication.publish(staged: staged.directory.appending(name), as: directory.appending(name))
        }
        try Publication.removeTree(staged.directory)
        let average = PublishedAverage(path: directory.appending(staged.manifest.name), manifest: staged.manifest)
        try pointLatest(at: average, recipe: recipe)
        return average
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
    package func averages(of recipe: String) throws -> [PublishedAverage] {
        let directory = directory(of: recipe)
        guard try FileStatus.ifPresent(directory) != nil else { return [] }
        return try DirectoryListing.entries(of: directory).compactMap { entry in
            let path = directory.appending(entry.name)
            switch entry.kind {
            case .directory:
                return try readManifest(ManifestFile.path(of: path, unit: .directory)).map {
                    PublishedAverage(path: path, manifest: $0)
                }
            case .regular where !Self.isManifest(entry.name):
                return try readManifest(ManifestFile.path(of: path, unit: .file)).map {
                    PublishedAverage(path: path, manifest: $0)
                }
            default: return nil
            }
        }
        .filter { $0.path.lastComponent?.string == $0.manifest.name }
        .sorted { ($0.step, $0.manifest.name) < ($1.step, $1.manifest.name) }
    }

    /// Removes an average; a reader sees all of it or nothing.
    package func remove(_ average: PublishedAverage, recipe: String) throws {
        let grave = stagingDirectory.appending("removed")
        try Publication.removeTree(grave)
        try Publication.makeDirectories(grave)
        guard let name = average.path.lastComponent?.string else { return }
        for path in [average.path, directory(of: recipe).appending(name + AverageManifest.fileSuffix)]
        where try FileStatus.ifPresent(path) != nil {
            guard let name = path.lastComponent else { continue }
            try Publication.publish(staged: path, as: grave.appending(name))
        }
        try Publication.removeTree(grave)
    }

    private func readManifest(_ path: FilePath) throws -> AverageManifest? {
        guard try FileStatus.ifPresent(path) != nil else { return nil }
        do {
            return try ManifestFile.read(path)
        } catch is ManifestError {
            return nil
        }
    }

    private static func isManifest(_ name: String) -> Bool {
        name.hasSuffix(AverageManifest.fileSuffix)
    }
}
