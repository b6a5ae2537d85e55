package import LinuxSystem
package import SystemPackage

/// Directories `checkpoint-<step>/` of the example scripts of diffusers, with a folder for each model that is trained.
///
/// The folders are `unet/`, `transformer/`, `controlnet/`, `text_encoder/` and their `_ema` twins; LoRA scripts write
/// `pytorch_lora_weights.safetensors` instead. Every one of them is averaged. `Accelerator.save_state` writes the random
/// states after all weights. Source: diffusers 0.42.1, accelerate 1.15.
package struct DiffusersLayout: TrainerLayout {
    package let name = "diffusers"
    package let summary =
        "directories checkpoint-<step>/ with unet/, transformer/ or LoRA weights of diffusers' scripts"

    private static let patterns = [NumberedName("checkpoint-#")]

    package init() {}

    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        CheckpointCandidate.numbered(Self.patterns, .directory, in: directory, entries: entries)
    }

    package func fit(_ candidates: [CheckpointCandidate], files: (CheckpointCandidate) -> [String]) -> LayoutFit {
        let signs = DirectorySigns(of: candidates, files: files)
        return signs.hasPipelineFolders && !signs.hasTrainerState ? .certain : .named
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = ModelDirectory.selection(from: files)
        selection.markers = [CheckpointMarker("random_states_0.pkl", content: .any)]
        return selection
    }
}
