package import LinuxSystem
package import SystemPackage

/// A series of single files of any program, which differ in their numbers.
package protocol NumberedSeriesLayout: TrainerLayout {
    /// The suffixes that its files have, longer ones first.
    var suffixes: [String] { get }
}

extension NumberedSeriesLayout {
    /// The files of the one series that counts.
    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        SeriesName.candidates(suffixes, in: directory, entries: entries)
    }

    /// Any program may name its files so.
    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        .generic
    }

    /// Series of about one length could each be the run.
    package func rivals(among entries: [DirectoryEntry]) -> [String] {
        SeriesName.rivals(suffixes, entries)
    }

    /// Names of one series differ in their numbers alone.
    package func isSameSeries(_ name: String, as other: String) -> Bool {
        SeriesName.isSameSeries(name, other, suffixes)
    }
}
