import LinuxSystem
import SystemPackage

/// The regular files of a candidate as one look finds them, and when the latest of them was written.
package struct CandidateFiles: Hashable, Sendable {
    /// Files by relative path, sorted.
    package let files: [CheckpointFile]

    /// Lists a candidate's files: the file itself, those siblings that are there and the manifest that would make it an
    /// average, or a directory's files and those of its sub-directories.
    ///
    /// Symbolic links to files count as what they point to, as in a hub's snapshot. Throws `Incompleteness.vanished`
    /// where the candidate is gone, and `.unreadable` where the system refuses.
    package init(of candidate: CheckpointCandidate) throws(Incompleteness) {
        do {
            let links = LinkRule(run: candidate.path.removingLastComponent())
            switch candidate.unit {
            case .file:
                guard let status = try FileStatus.ifPresent(candidate.path) else { throw Incompleteness.vanished }
                try links.check(candidate.path, named: candidate.name, target: status)
                let file = CheckpointFile(relativePath: candidate.name, fingerprint: FileFingerprint(status))
                files = try (Self.siblings(of: candidate, links) + [file]).sorted { $0.relativePath < $1.relativePath }
            case .directory:
                try links.check(candidate.path, named: candidate.name)
                files = try Self.list(candidate.path, prefix: "", descends: true, links)
            }
        } catch {
            throw Incompleteness(causedBy: error)
        }
    }

    /// Takes files as they are, sorted by their paths.
    init(_ files: [CheckpointFile]) {
        self.files = files
    }

    /// The modification time of the file written last, in nanoseconds since 1970.
    package var lastModification: Int64 {
        files.map(\.fingerprint.modificationTime).max() ?? 0
    }

    /// Whether both list the same files with the same sizes and modification times, whatever the change times say.
    package func haveSameTimes(as other: CandidateFiles) -> Bool {
        files.count == other.files.count
            && zip(files, other.files).allSatisfy {
                $0.relativePath == $1.relativePath && $0.fingerprint.hasSameTimes(as: $1.fingerprint)
            }
    }

    /// The file of a relative path.
    package subscript(path: String) -> CheckpointFile? {
        files.first { $0.relativePath == path }
    }

    private static func siblings(of candidate: CheckpointCandidate, _ links: LinkRule) throws -> [CheckpointFile] {
        try (candidate.siblings + [AverageSign.path(of: candidate)]).compactMap { name in
            // No file has a name that no name can be, and asking for it is an error.
            guard name.utf8.count <= AverageSign.maximumNameByteCount else { return nil }
            guard let status = try FileStatus.ifPresent(candidate.sibling(name)), status.kind == .regular else {
                return nil
            }
            try links.check(candidate.sibling(name), named: name, target: status)
            return CheckpointFile(relativePath: name, fingerprint: FileFingerprint(status))
        }
    }

    private static func list(
        _ directory: FilePath,
        prefix: String,
        descends: Bool,
        _ links: LinkRule
    ) throws -> [CheckpointFile] {
        var found: [CheckpointFile] = []
        for entry in try DirectoryListing.entries(of: directory) {
            let path = directory.appending(entry.name)
            switch entry.kind {
            case .directory where descends:
                found += try list(path, prefix: "\(entry.name)/", descends: false, links)
            case .regular, .symbolicLink:
                // A file that goes away between listing and asking is simply not there.
                guard let status = try FileStatus.ifPresent(path), status.kind == .regular else { continue }
                if entry.kind == .symbolicLink {
                    try links.check(path, named: prefix + entry.name, target: status)
                }
                found.append(
                    CheckpointFile(relativePath: prefix + entry.name, fingerprint: FileFingerprint(status))
                )
            default: continue
            }
        }
        return found.sorted { $0.relativePath < $1.relativePath }
    }
}
