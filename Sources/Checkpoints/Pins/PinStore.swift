import LinuxSystem
package import SystemPackage

/// The directory in which members of the window outlive the trainer's rotation.
///
/// A pin holds what an average needs of a checkpoint: weights, companions and markers, under the checkpoint's own name,
/// so that a pin is inspected like any checkpoint. It is staged and renamed, so a half-made one is never found.
package struct PinStore: Sendable {
    private let directory: FilePath
    private let staging: FilePath
    private let method: PinMethod

    /// Keeps pins in `directory`; `staging` is private scratch on the same filesystem.
    package init(directory: FilePath, staging: FilePath, method: PinMethod) {
        self.directory = directory
        self.staging = staging
        self.method = method
    }

    /// The candidates that are pinned, as a layout reads their names.
    ///
    /// - Parameter series: a name of the run; pins of another one, which was watched before, are left out.
    package func candidates(layout: any TrainerLayout, series: String? = nil) throws -> [CheckpointCandidate] {
        guard try FileStatus.ifPresent(directory) != nil else { return [] }
        let entries = try DirectoryListing.entries(of: directory)
        return layout.candidates(
            in: directory,
            entries: entries.filter { entry in series.map { layout.isSameSeries(entry.name, as: $0) } ?? true }
        )
    }

    /// Pins a checkpoint and returns it as it is found in the pin; nil where the method is not possible here.
    ///
    /// - Throws: `SystemCallError`, or `Incompleteness` where the files changed under the hand.
    package func pin(_ checkpoint: Checkpoint, inspector: CheckpointInspector) throws -> Checkpoint? {
        guard method != .none, !isPinned(checkpoint) else { return checkpoint }
        let candidate = checkpoint.candidate.relocated(to: directory)
        let workshop = staging.appending("pin")
        try Publication.removeTree(workshop)
        // A pin that failed for want of room must not keep what room there was.
        defer { try? Publication.removeTree(workshop) }
        let draft = checkpoint.candidate.relocated(to: workshop)
        guard try stage(checkpoint, as: draft) else { return nil }
        // After a crash a copy must not be found with its size and time but without its bytes.
        if mayCopy(checkpoint.candidate) { try Publication.synchronizeTree(draft.path) }
        try Publication.makeDirectories(directory)
        try Publication.publish(staged: draft.path, as: candidate.path)
        return try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get()
    }

    /// Keeps all files of a checkpoint under a draft; false where the method is not possible here.
    private func stage(_ checkpoint: Checkpoint, as draft: CheckpointCandidate) throws -> Bool {
        for file in checkpoint.weights + checkpoint.companions + checkpoint.markers {
            let source = checkpoint.candidate.path(of: file)
            let destination = draft.path(of: file)
            try Publication.makeDirectories(destination.removingLastComponent())
            guard try keep(source, as: destination, copying: mayCopy(checkpoint.candidate)) else { return false }
            guard try FileFingerprint(FileStatus.of(source)) == file.fingerprint else { throw Incompleteness.settling }
        }
        return true
    }

    /// Lets go of every pin whose name is not among those that are still needed, and returns the names let go.
    package func release(except needed: Set<String>) throws -> [String] {
        guard try FileStatus.ifPresent(directory) != nil else { return [] }
        let released = try DirectoryListing.entries(of: directory).map(\.name).filter { !needed.contains($0) }
        for name in released {
            try Publication.removeTree(directory.appending(name))
        }
        return released
    }

    /// Whether a checkpoint is read from its pin.
    package func isPinned(_ checkpoint: Checkpoint) -> Bool {
        checkpoint.candidate.path.starts(with: directory)
    }

    /// Whether keeping a candidate may take as much room as it has bytes.
    ///
    /// A second name for a file that its trainer writes again holds the new bytes, so such a file is copied even where
    /// links are asked for.
    package func mayCopy(_ candidate: CheckpointCandidate) -> Bool {
        switch method {
        case .copy: true
        case .auto, .hardlink: candidate.isWrittenInPlace
        case .reflink, .none: false
        }
    }

    /// Keeps one file by the method; false where the filesystem cannot, or may not across users.
    private func keep(_ source: FilePath, as destination: FilePath, copying: Bool) throws -> Bool {
        if method == .none { return false }
        if method == .auto || method == .reflink, try attempt({ try Publication.reflink(source, to: destination) }) {
            return true
        }
        if copying {
            try Publication.copyFile(source, to: destination)
            return true
        }
        guard method == .auto || method == .hardlink else { return false }
        return try attempt { try Publication.hardLink(source, to: destination) }
    }

    private func attempt(_ action: () throws -> Void) throws -> Bool {
        do {
            try action()
            return true
        } catch let error as SystemCallError where error.isUnsupported || error.isPermissionDenied {
            return false
        }
    }
}
