/// Which files of a directory in Hugging Face's form are weights and which make them loadable.
///
/// Sub-directories count one level deep: PEFT keeps named adapters in them, sentence-transformers its further modules.
package enum ModelDirectory {
    /// Sorts the files of a directory.
    ///
    /// Trainer state is left out: optimizer, scheduler and random-number state do not belong to an average, and
    /// `trainer_state.json` would make it look resumable.
    package static func selection(from files: [String]) -> CheckpointSelection {
        var selection = CheckpointSelection()
        for path in files.sorted() where !isState(path) {
            let name = fileName(of: path)
            if name.hasSuffix(".safetensors") {
                selection.weights.append(path)
            } else if name.hasSuffix(".safetensors.index.json") {
                selection.indexes.append(path)
                selection.companions.append(path)
            } else if isCompanion(name) {
                selection.companions.append(path)
            } else if [".bin", ".pt", ".pth", ".ckpt"].contains(where: name.hasSuffix) {
                selection.unreadableWeights.append(path)
            }
        }
        return selection
    }

    /// Whether a name is that of one shard of several, as in `model-00001-of-00004.safetensors`.
    package static func isShardName(_ path: String) -> Bool {
        let stem = fileName(of: path).dropLast(".safetensors".count)
        let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[parts.count - 2] == "of" else { return false }
        return [parts[parts.count - 3], parts[parts.count - 1]].allSatisfy { $0.count >= 5 && Step(digits: $0) != nil }
    }

    /// The directory part of a relative path with its slash; empty at the top.
    package static func directoryPrefix(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func fileName(of path: String) -> String {
        String(path.dropFirst(directoryPrefix(of: path).count))
    }

    /// Names of files and sub-directories that hold a trainer's state, and of files that are still being written.
    private static func isState(_ path: String) -> Bool {
        path.split(separator: "/").contains { part in
            statePrefixes.contains(where: part.hasPrefix) || part.hasPrefix(".") || isSchedulerState(part)
                || ["trainer_state.json", "checkpoint-is-incomplete.txt", "latest", "zero_to_fp32.py"].contains(part)
                || [".tmp", ".lock", ".partial", ".incomplete"].contains(where: part.hasSuffix)
        }
    }

    /// The learning rate's scheduler; a diffusion pipeline has one of its own, whose configuration is needed.
    private static func isSchedulerState(_ part: Substring) -> Bool {
        part.hasPrefix("scheduler") && (part.hasSuffix(".pt") || part.hasSuffix(".bin"))
    }

    private static let statePrefixes = [
        "optimizer", "scaler", "rng_state", "random_states", "training_args", "global_step",
        "pytorch_model_fsdp", "custom_checkpoint", "sampler", "dl_state_dict", "runs", "logs",
    ]

    /// The kinds of file that tokenizers, processors, remote code and model cards consist of.
    private static func isCompanion(_ name: String) -> Bool {
        [".json", ".txt", ".model", ".py", ".jinja", ".md", ".tiktoken", ".vocab", ".spm", ".yaml", ".yml"]
            .contains(where: name.hasSuffix) || name == "LICENSE" || name == "NOTICE"
    }
}
