package import LinuxSystem
package import SystemPackage

/// The file `ckpt.pt` that nanoGPT overwrites at every evaluation, or the `ckpt_<iter>.pt` of its many descendants.
///
/// Where there are numbered files, `ckpt.pt` is an alias of the newest. Source: nanoGPT 3adf61e.
package struct NanoGPTLayout: TrainerLayout {
    package let name = "nanogpt"
    package let summary = "files ckpt_<iter>.pt, or one ckpt.pt that nanoGPT overwrites"

    // With a hyphen because that is how the versions of an overwritten file are told apart in pins.
    private static let patterns = ["ckpt_#.pt", "ckpt-#.pt"].map(NumberedName.init)

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        let numbered = CheckpointCandidate.numbered(Self.patterns, .file, in: directory, entries: entries)
        guard numbered.isEmpty else { return numbered }
        return [CheckpointCandidate.inPlace("ckpt.pt", in: directory, entries: entries)].compactMap(\.self)
    }
}
