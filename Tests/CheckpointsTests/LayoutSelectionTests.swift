import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What each layout takes for a checkpoint's weights and for the sign that it is whole.
@Suite struct LayoutSelectionTests {
    private func selection(_ layout: String, _ name: String, _ files: [String]) throws -> CheckpointSelection {
        let layout = try #require(TrainerLayouts.named(layout))
        let candidate = try #require(LayoutListing.candidates(layout, among: [name]).first)
        return layout.selection(from: files, of: candidate)
    }

    @Test(
        "directories are whole by what the trainer writes last",
        arguments: [
            ("huggingface", "checkpoint-5/", "trainer_state.json", CheckpointMarker.Content.json),
            ("diffusers", "checkpoint-5/", "random_states_0.pkl", .any),
            ("accelerate", "step_5/", "random_states_0.pkl", .any),
        ]
    )
    func directoryMarkers(layout: String, name: String, marker: String, content: CheckpointMarker.Content) throws {
        let selection = try selection(layout, name, ["model.safetensors", marker])
        #expect(selection.markers == [CheckpointMarker(marker, content: content)])
        #expect(selection.weights == ["model.safetensors"])
        #expect(selection.negativeMarkers == (layout == "huggingface" ? ["checkpoint-is-incomplete.txt"] : []))
    }

    @Test("a directory that nothing marks is whole when its weights are")
    func withoutMarkers() throws {
        let files = ["config.json", "pytorch_model.bin", "pytorch_model.bin.index.json"]
        let selection = try selection("model-directories", "step1000/", files)
        #expect(selection.markers.isEmpty && selection.negativeMarkers.isEmpty)
        #expect(selection.weights == ["pytorch_model.bin"])
        #expect(selection.indexes == ["pytorch_model.bin.index.json"])
    }

    @Test("every model of a pipeline is averaged, and the optimizer is not")
    func pipeline() throws {
        let selection = try selection(
            "diffusers",
            "checkpoint-5/",
            [
                "optimizer.bin", "random_states_0.pkl", "scheduler.bin", "unet/config.json",
                "unet/diffusion_pytorch_model.safetensors", "unet_ema/diffusion_pytorch_model.safetensors",
                "text_encoder/model.safetensors", "transformer/diffusion_pytorch_model.bin", "scaler.pt",
            ]
        )
        #expect(
            selection.weights == [
                "text_encoder/model.safetensors", "transformer/diffusion_pytorch_model.bin",
                "unet/diffusion_pytorch_model.safetensors", "unet_ema/diffusion_pytorch_model.safetensors",
            ]
        )
        #expect(selection.companions == ["unet/config.json"])
    }

    @Test(
        "files that another file beside them completes",
        arguments: [
            ("nanochat", "model_000100.pt", "meta_000100.json", CheckpointMarker.Content.json),
            ("wenet", "step_100.pt", "step_100.yaml", .any), ("wenet", "7.pt", "7.yaml", .any),
        ]
    )
    func siblingMarkers(layout: String, name: String, sibling: String, content: CheckpointMarker.Content) throws {
        let trainer = try #require(TrainerLayouts.named(layout))
        let candidate = try #require(LayoutListing.candidates(trainer, among: [name]).first)
        #expect(candidate.siblings == [sibling])
        let selection = trainer.selection(from: [name, sibling], of: candidate)
        #expect(selection.weights == [name])
        #expect(selection.companions.isEmpty)
        #expect(selection.markers == [CheckpointMarker(sibling, content: content)])
        // What is pinned was whole, and nothing lies beside it.
        for pin in [candidate.relocated(to: "/pins"), candidate.saved(in: "/run")] {
            #expect(trainer.selection(from: [name], of: pin).markers.isEmpty)
            #expect(trainer.selection(from: [name], of: pin).weights == [name])
        }
    }

    @Test(
        "NeMo's sign of an unfinished file",
        arguments: [
            ("epoch=1-step=10.ckpt", "epoch=1-step=10-unfinished"),
            ("epoch=1-step=10-v1.ckpt", "epoch=1-step=10-v1-unfinished"),
        ]
    )
    func unfinished(name: String, marker: String) throws {
        let selection = try selection("lightning", name, [name])
        #expect(selection.negativeMarkers == [marker])
        #expect(selection.markers.isEmpty)
        #expect(selection.weights == [name])
    }

    @Test(
        "a file by itself is its weights",
        arguments: [
            ("timm", "checkpoint-1.pth.tar"), ("nanogpt", "ckpt.pt"), ("fairseq", "checkpoint_1_2.pt"),
            ("kohya", "a-000001.safetensors"), ("torch-series", "step_1.pt"), ("composer", "ep0-ba1-rank0.pt"),
        ]
    )
    func file(layout: String, name: String) throws {
        var expected = CheckpointSelection()
        expected.weights = [name]
        #expect(try selection(layout, name, [name]) == expected)
    }
}
