import Checkpoints
package import LinuxSystem
import SystemPackage

/// What lies in a recipe's directory.
package struct AverageListing: Sendable {
    /// The averages that are whole, in ascending order of steps.
    package fileprivate(set) var averages: [PublishedAverage] = []
    /// Entries that could not be looked at, by name, with the reason; they count as somebody else's.
    package fileprivate(set) var unreadable: [String: String] = [:]
}

extension AverageStore {
    /// What lies in the directory of a recipe.
    ///
    /// Entries without a manifest of this program's, or with that of another name, as a copy that somebody keeps has, are
    /// somebody else's and are passed over; no single entry keeps the others from being found.
    ///
    /// - Parameter known: what was found before; a manifest that has not changed since is not read again, and an average
    ///   that cannot be looked at now is as it was.
    /// - Throws: where the directory itself cannot be listed.
    package func listing(of recipe: String, known: [PublishedAverage] = []) throws(SystemCallError) -> AverageListing {
        var found = AverageListing()
        guard let directory = try place(of: recipe).open() else { return found }
        defer { directory.keep() }
        let known = Dictionary(known.map { ($0.path, $0) }) { $1 }
        for entry in try DirectoryListing.entries(of: directory.anchor) where Self.mayBeAverage(entry) {
            let path = directory.path.appending(entry.name)
            do {
                let average = try average(entry, in: directory, known: known[path])
                if let average { found.averages.append(average) }
            } catch {
                if let known = known[path] { found.averages.append(known) }
                found.unreadable[entry.name] = "\(error)"
            }
        }
        found.averages = found.averages.inOrderOfSteps
        return found
    }

    /// The averages of a recipe that are whole, in ascending order of steps; see `listing`.
    package func averages(of recipe: String) throws(SystemCallError) -> [PublishedAverage] {
        try listing(of: recipe).averages
    }

    private static func mayBeAverage(_ entry: DirectoryEntry) -> Bool {
        switch entry.kind {
        case .directory: !entry.name.hasPrefix(".")
        case .regular: !isManifest(entry.name)
        case .symbolicLink, .other: false
        }
    }

    private func average(
        _ entry: DirectoryEntry,
        in directory: HeldDirectory,
        known: PublishedAverage?
    ) throws -> PublishedAverage? {
        let unit: CheckpointCandidate.Unit = entry.kind == .directory ? .directory : .file
        let place = directory.anchor.appending(entry.name)
        let file = ManifestFile.path(of: place, unit: unit)
        guard let status = try FileStatus.ifPresent(file, followSymlinks: false) else { return nil }
        let version = FileFingerprint(status)
        if let known, known.version?.hasSameTimes(as: version) == true { return known }
        let manifest: AverageManifest
        do {
            manifest = try ManifestFile.read(file)
        } catch is ManifestError {
            return nil
        }
        guard manifest.name == entry.name, try unit == .directory || Self.describes(manifest, place) else { return nil }
        return PublishedAverage(path: directory.path.appending(entry.name), manifest: manifest, version: version)
    }

    /// Whether a manifest can be that of the file beside it.
    static func describes(_ manifest: AverageManifest, _ file: FilePath) throws(SystemCallError) -> Bool {
        try FileStatus.ifPresent(file, followSymlinks: false)?.size == manifest.files.first?.size
    }

    static func isManifest(_ name: String) -> Bool {
        name.hasSuffix(AverageManifest.fileSuffix)
    }
}
