/// Which files of a directory in Hugging Face's form are weights and which make them loadable.
///
/// Sub-directories count one level deep: PEFT keeps named adapters in them, sentence-transformers its further modules,
/// diffusers its models.
package enum ModelDirectory {
    /// Sorts the files of a directory.
    ///
    /// Trainer state is left out: optimizer, scheduler and random-number state do not belong to an average, and
    /// `trainer_state.json` would make it look resumable. A sub-directory's weights are its safetensors files; where it
    /// has none, its files of `torch.save`, which otherwise are twins or old. Besides come the files in which trainers
    /// keep layers that the others lack (`supplements`). Other files with weights are told as left out.
    package static func selection(from files: [String]) -> CheckpointSelection {
        var selection = CheckpointSelection()
        let files = files.filter { !isState($0) }.sorted()
        let withSafetensors = Set(files.filter { $0.hasSuffix(".safetensors") }.map(directoryPrefix))
        let torch = torchWeights(files.filter { !withSafetensors.contains(directoryPrefix(of: $0)) })
        for path in files {
            let name = fileName(of: path)
            if name.hasSuffix(".safetensors") || torch.contains(path) {
                selection.weights.append(path)
                if isSupplement(name) { selection.supplements.insert(path) }
            } else if torchSuffixes.contains(where: name.hasSuffix) {
                let isSupplement = isSupplement(name) && !files.contains(safetensorsName(for: path))
                if isSupplement { selection.weights.append(path) }
                if isSupplement { selection.supplements.insert(path) }
                if !isSupplement { selection.leftOut[path] = isTwin(path, of: files) ? .twin : .unknownFile }
            } else if name.hasSuffix(".safetensors.index.json") {
                selection.indexes.append(path)
                selection.companions.append(path)
            } else if name.hasSuffix(".bin.index.json") {
                guard !withSafetensors.contains(directoryPrefix(of: path)) else { continue }
                selection.indexes.append(path)
                selection.companions.append(path)
            } else if isCompanion(name) {
                selection.companions.append(path)
            } else if unreadableSuffixes.contains(where: name.hasSuffix) {
                selection.unreadableWeights.append(path)
                selection.leftOut[path] = .unreadable
            }
        }
        return selection
    }

    /// Whether a name is that of one shard of several, as in `model-00001-of-00004.safetensors`.
    package static func isShardName(_ path: String) -> Bool {
        shardNames.contains { $0.match(path) != nil }
    }

    private static let shardNames = weightSuffixes.map { NumberedName("*-#####-of-#####\($0)") }

    /// The usual name of the index for a shard.
    static func indexName(for shard: String) -> String {
        shard.hasSuffix(".bin") ? "pytorch_model.bin.index.json" : "model.safetensors.index.json"
    }

    /// The directory part of a relative path with its slash; empty at the top.
    package static func directoryPrefix(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func fileName(of path: String) -> String {
        String(path.dropFirst(directoryPrefix(of: path).count))
    }

    /// The files of `torch.save` that are a model's: in each sub-directory those with a model's name, or else all.
    private static func torchWeights(_ files: [String]) -> Set<String> {
        let torch = files.filter { path in torchSuffixes.contains(where: path.hasSuffix) }
        return Dictionary(grouping: torch, by: directoryPrefix).values.reduce(into: []) { weights, files in
            let named = files.filter { path in modelNames.contains(where: fileName(of: path).hasPrefix) }
            // Accelerate saves a model under FSDP by this name, the Trainer another time beside its own.
            let alone = named.filter { fileName(of: $0) != "pytorch_model_fsdp.bin" }
            weights.formUnion(named.isEmpty ? files : alone.isEmpty ? named : alone)
        }
    }

    /// Whether a name is that of a file in which a trainer keeps layers beside an adapter or a model: LLaVA and the
    /// fine-tuning of Qwen-VL, LLaMA-Factory and TRL, LongLoRA.
    private static func isSupplement(_ name: String) -> Bool {
        ["non_lora", "mm_projector", "value_head", "v_head", "trainable_params"].contains(where: name.hasPrefix)
    }

    /// Whether a file of `torch.save` is a file of the same directory once more.
    private static func isTwin(_ path: String, of files: [String]) -> Bool {
        if files.contains(safetensorsName(for: path)) || isShardName(path) { return true }
        let stem = fileName(of: safetensorsName(for: path)).dropLast(".safetensors".count)
        return modelNames.contains(String(stem)) || stem == "pytorch_model_fsdp" || stem.hasPrefix("consolidated")
    }

    private static func safetensorsName(for path: String) -> String {
        let suffix = torchSuffixes.first(where: path.hasSuffix) ?? ""
        return path.dropLast(suffix.count) + ".safetensors"
    }

    /// Names of files and sub-directories that hold a trainer's state, and of files that are still being written.
    private static func isState(_ path: String) -> Bool {
        let isUnreadable = unreadableSuffixes.contains(where: path.hasSuffix)
        return path.split(separator: "/").contains { part in
            statePrefixes.contains(where: part.hasPrefix) || part.hasPrefix(".") || isSchedulerState(part)
                || part.hasPrefix("pytorch_model_fsdp_") && !isUnreadable || part.contains("optim_states")
                || stateNames.contains(String(part))
                || [".tmp", ".lock", ".partial", ".incomplete"].contains(where: part.hasSuffix)
        }
    }

    /// The learning rate's scheduler; a diffusion pipeline has one of its own, whose configuration is needed.
    private static func isSchedulerState(_ part: Substring) -> Bool {
        part.hasPrefix("scheduler") && (part.hasSuffix(".pt") || part.hasSuffix(".bin"))
    }

    /// The kinds of file that tokenizers, processors, remote code and model cards consist of.
    private static func isCompanion(_ name: String) -> Bool {
        [".json", ".txt", ".model", ".py", ".jinja", ".md", ".tiktoken", ".vocab", ".spm", ".yaml", ".yml"]
            .contains(where: name.hasSuffix) || name == "LICENSE" || name == "NOTICE"
    }

    private static let torchSuffixes = [".bin", ".pt", ".pth", ".ckpt"]
    private static let weightSuffixes = [".safetensors", ".pth.tar", ".pt.tar"] + torchSuffixes
    private static let unreadableSuffixes = [".h5", ".msgpack", ".gguf", ".onnx", ".distcp"]
    private static let modelNames = [
        "model", "pytorch_model", "adapter_model", "lit_model", "diffusion_pytorch_model", "consolidated",
        "pytorch_lora_weights",
    ]
    private static let statePrefixes = [
        "optimizer", "optim.", "optim_", "scaler", "rng_state", "random_states", "training_args", "global_step",
        "iter_", "custom_checkpoint", "sampler", "dl_state_dict", "recipe_state", "runs", "logs",
    ]
    private static let stateNames: Set = [
        "trainer_state.json", "checkpoint-is-incomplete.txt", "latest", "zero_to_fp32.py", "train.pt",
    ]
}
