import LinuxSystem

extension DirectoryEntry {
    /// Whether the name is one that writers give to what they have not finished: hidden files, among them the
    /// `.tmp??????` of safetensors 0.8, `tmp-checkpoint-<n>` of transformers 4.36 and `<name>.tmp` of fairseq.
    var isTemporary: Bool {
        name.hasPrefix(".") || name.hasPrefix("tmp")
            || [".tmp", "-tmp", ".partial", ".incomplete", ".lock"].contains(where: name.hasSuffix)
    }
}
