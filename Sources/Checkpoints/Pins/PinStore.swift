package import LinuxSystem
import SystemPackage

/// The directory in which members of the window outlive the trainer's rotation.
///
/// A pin holds what an average needs of a checkpoint: weights, companions and markers, under the checkpoint's own name,
/// so that a pin is inspected like any checkpoint. It is staged and renamed, so a half-made one is never found.
package struct PinStore: Sendable {
    let pins: OwnPlace
    private let records: OwnPlace
    private let staging: OwnPlace
    private let method: PinMethod

    /// Keeps pins in `pins` and what each was made of in `records`; `staging` is private scratch on the same filesystem.
    package init(pins: OwnPlace, records: OwnPlace, staging: OwnPlace, method: PinMethod) {
        self.pins = pins
        self.records = records
        self.staging = staging
        self.method = method
    }

    /// Where readers find the pins.
    private var directory: FilePath { pins.path }

    /// The candidates that are pinned, as a layout reads their names; what was written again since is none.
    ///
    /// - Parameters:
    ///   - series: a name of the run; pins of another one, which was watched before, are left out.
    ///   - records: what `recordsByName` gave a moment ago; nil reads them.
    package func candidates(
        layout: any TrainerLayout,
        series: String? = nil,
        records: [String: PinRecord]? = nil
    ) throws -> [CheckpointCandidate] {
        guard let held = try pins.open() else { return [] }
        defer { held.keep() }
        let records = try records ?? recordsByName()
        let entries = try DirectoryListing.entries(of: held.anchor)
        return layout.candidates(
            in: directory,
            entries: entries.filter { entry in series.map { layout.isSameSeries(entry.name, as: $0) } ?? true }
        )
        .filter { pin in
            guard let record = records[pin.name], let files = try? CandidateFiles(of: pin) else { return false }
            return record.isOf(files)
        }
    }

    /// What pins were made of, by their names, those included that were written again since.
    package func recordsByName() throws -> [String: PinRecord] {
        guard let held = try records.open() else { return [:] }
        defer { held.keep() }
        return try recordedNames(in: held).reduce(into: [:]) { found, name in
            found[name] = PinRecord(reading: held.anchor.appending(name + Self.recordSuffix))
        }
    }

    /// Not among the pins, whose names are checkpoints'.
    private static let recordSuffix = ".json"

    private func recordedNames(in records: HeldDirectory) throws -> [String] {
        try DirectoryListing.entries(of: records.anchor).map(\.name).filter { $0.hasSuffix(Self.recordSuffix) }
            .map { String($0.dropLast(Self.recordSuffix.count)) }
    }

    /// Pins a checkpoint and returns it as it is found in the pin; nil where only a copy would do and none is allowed,
    /// or where the method is not possible here at all.
    ///
    /// Nothing is published that was not found whole in its place, at the version that was asked for.
    ///
    /// - Parameters:
    ///   - allowingCopy: whether it may take as much room as it has bytes, if the method does (`mayCopy`).
    ///   - progress: told after each piece that is copied how many bytes of the checkpoint are; what it throws ends it.
    /// - Throws: `SystemCallError`, `Incompleteness` where the files changed under the hand, or what `progress` throws.
    package func pin(
        _ checkpoint: Checkpoint,
        inspector: CheckpointInspector,
        allowingCopy: Bool = true,
        progress: (Int) throws -> Void = { _ in }
    ) throws -> PinnedCheckpoint? {
        guard method != .none, !isPinned(checkpoint) else {
            return PinnedCheckpoint(checkpoint: checkpoint, means: nil)
        }
        let staging = try staging.make()
        defer { staging.keep() }
        let workshop = staging.anchor.appending("pin")
        try Publication.removeTree(workshop)
        // A pin that failed for want of room must not keep what room there was.
        defer { try? Publication.removeTree(workshop) }
        let draft = checkpoint.candidate.relocated(to: workshop)
        let copying = allowingCopy && mayCopy(checkpoint.candidate)
        let means: PinMeans?
        do {
            means = try stage(checkpoint, as: draft, copying: copying, progress: progress)
        } catch FileError.replaced {
            throw Incompleteness.settling
        }
        guard let means else { return nil }
        let drafted = try CandidateFiles(of: draft)
        let pinned = try inspector.inspect(draft, files: drafted).get()
        // After a crash it must not be found with its size and time but without its bytes.
        if means > .hardlink { try Publication.synchronizeTree(draft.path) }
        let (pins, records) = (try pins.make(), try records.make())
        defer { pins.keep(); records.keep() }
        try PinRecord(drafted, leftOut: checkpoint.filesLeftOut).write(
            to: records.anchor.appending(checkpoint.name + Self.recordSuffix),
            staging: staging.anchor
        )
        try Publication.publish(staged: draft.path, as: pins.anchor.appending(checkpoint.name))
        let placed = pinned.relocated(to: directory).beside(checkpoint.filesLeftOut)
        guard placed.candidate.unit == .file else { return PinnedCheckpoint(checkpoint: placed, means: means) }
        // The rename moved the file's change time, and what was written meanwhile must not pass for what was inspected.
        let files = try CandidateFiles(of: placed.candidate)
        return PinnedCheckpoint(checkpoint: try inspector.inspect(placed.candidate, files: files).get(), means: means)
    }

    /// Keeps all files of a checkpoint under a draft; nil where that is not possible.
    private func stage(
        _ checkpoint: Checkpoint,
        as draft: CheckpointCandidate,
        copying: Bool,
        progress: (Int) throws -> Void
    ) throws -> PinMeans? {
        var costliest = PinMeans.hardlink
        var copied = 0
        for file in checkpoint.weights + checkpoint.companions + checkpoint.markers {
            let source = checkpoint.candidate.path(of: file)
            let destination = draft.path(of: file)
            try Publication.makeDirectories(destination.removingLastComponent())
            let expected = FileIdentity(file.fingerprint)
            let mayLink = !checkpoint.candidate.isWrittenInPlace
            if let means = try share(source, as: destination, expected, linking: mayLink) {
                costliest = max(costliest, means)
            } else {
                guard copying else { return nil }
                try Publication.copyFile(source, to: destination, expected: expected) { try progress(copied + $0) }
                copied += file.fingerprint.byteCount
                costliest = .copy
            }
            guard try FileFingerprint(FileStatus.of(source)).isUnchanged(since: file.fingerprint) else {
                throw Incompleteness.settling
            }
        }
        return costliest
    }

    /// Lets go of every pin whose name is not among those that are still needed, and returns the names let go.
    ///
    /// What a crash left of a pin, its record, goes as well.
    package func release(except needed: Set<String>) throws -> [String] {
        guard let pins = try pins.open() else { return [] }
        defer { pins.keep() }
        let present = try DirectoryListing.entries(of: pins.anchor).map(\.name)
        let released = present.filter { !needed.contains($0) }
        for name in released { try Publication.removeTree(pins.anchor.appending(name)) }
        guard let records = try records.open() else { return released }
        defer { records.keep() }
        let kept = Set(present).subtracting(released)
        for name in try recordedNames(in: records) where !kept.contains(name) {
            try Publication.removeTree(records.anchor.appending(name + Self.recordSuffix))
        }
        return released
    }

    /// Whether a checkpoint is read from its pin.
    package func isPinned(_ checkpoint: Checkpoint) -> Bool {
        checkpoint.candidate.path.starts(with: directory)
    }

    /// Whether keeping a candidate may take as much room as it has bytes, if that is allowed.
    ///
    /// A second name for a file that its trainer writes again holds the new bytes, so such a file is copied even where
    /// links are asked for.
    package func mayCopy(_ candidate: CheckpointCandidate) -> Bool {
        switch method {
        case .auto, .copy: true
        case .hardlink: candidate.isWrittenInPlace
        case .reflink, .none: false
        }
    }

    /// Keeps one file without a copy; nil where the method has no such way, the filesystem cannot, or may not across
    /// users.
    ///
    /// - Parameter expected: which file is meant; another one that has its path by now is not kept.
    private func share(
        _ source: FilePath,
        as destination: FilePath,
        _ expected: FileIdentity,
        linking: Bool
    ) throws -> PinMeans? {
        if method == .auto || method == .reflink,
            try attempt({ try Publication.reflink(source, to: destination, expected: expected) })
        {
            return .reflink
        }
        guard method == .auto || method == .hardlink, linking,
            try attempt({ try Publication.hardLink(source, to: destination) })
        else { return nil }
        guard try FileIdentity(FileStatus.of(destination, followSymlinks: false)) == expected else {
            throw Incompleteness.settling
        }
        return .hardlink
    }

    private func attempt(_ action: () throws -> Void) throws -> Bool {
        do {
            try action()
            return true
        } catch let error as SystemCallError
            where error.isUnsupported || error.isPermissionDenied || error.errorNumber == Errno.tooManyLinks.rawValue
        {
            return false
        }
    }
}
