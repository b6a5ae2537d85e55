import Testing

/// The rows of `docs/trainers.md`, each by the name of its layout: what is taken as whole while its trainer saves, what
/// beside it never counts, and how it is kept.
@Suite struct TrainerTests {
    @Test func huggingface() throws {
        var save = TrainerSave(
            layout: "huggingface",
            name: "checkpoint-500",
            step: 500,
            files: [
                ("checkpoint-500/config.json", Array("{}".utf8)),
                ("checkpoint-500/model-00001-of-00002.safetensors", TrainerSave.safetensors("a")),
                ("checkpoint-500/model-00002-of-00002.safetensors", TrainerSave.safetensors("b")),
                ("checkpoint-500/model.safetensors.index.json", Self.index),
                ("checkpoint-500/optimizer.pt", [1]),
                ("checkpoint-500/trainer_state.json", CheckpointSample.state),
            ]
        )
        // The final model, and what it is pushed from.
        save.others = [
            "model.safetensors", "tmp-checkpoint-400/model.safetensors", "checkpoint-lawa/model.safetensors",
        ]
        save.unfinished = "checkpoint-500/checkpoint-is-incomplete.txt"
        try save.check()
    }

    @Test func diffusers() throws {
        var save = TrainerSave(
            layout: "diffusers",
            name: "checkpoint-500",
            step: 500,
            files: [
                ("checkpoint-500/unet_ema/diffusion_pytorch_model.safetensors", TrainerSave.safetensors()),
                ("checkpoint-500/unet/diffusion_pytorch_model.safetensors", TrainerSave.safetensors()),
                ("checkpoint-500/optimizer.bin", [1]), ("checkpoint-500/random_states_0.pkl", [0x80]),
            ]
        )
        save.others = ["unet/diffusion_pytorch_model.safetensors"]
        try save.check()
    }

    @Test func accelerate() throws {
        var save = TrainerSave(
            layout: "accelerate",
            name: "checkpoint_3",
            step: 3,
            files: [
                ("checkpoint_3/model.safetensors", TrainerSave.safetensors()), ("checkpoint_3/optimizer.bin", [1]),
                ("checkpoint_3/random_states_0.pkl", [0x80]),
            ]
        )
        save.others = ["final/model.safetensors"]
        try save.check()
    }

    @Test func modelDirectories() throws {
        var save = TrainerSave(
            layout: "model-directories",
            name: "epoch_1",
            step: 1,
            files: [
                ("epoch_1/model-00001-of-00002.safetensors", TrainerSave.safetensors("a")),
                ("epoch_1/model-00002-of-00002.safetensors", TrainerSave.safetensors("b")),
                ("epoch_1/model.safetensors.index.json", Self.index),
            ]
        )
        save.others = ["recipe_state/recipe_state.pt", "final/model.safetensors"]
        try save.check()
    }

    @Test func lightning() throws {
        var save = TrainerSave(
            layout: "lightning",
            name: "epoch=1-step=500.ckpt",
            step: 500,
            files: [("epoch=1-step=500.ckpt", try TrainerSave.torch())]
        )
        save.others = ["last.ckpt", "last-v1.ckpt", "epoch=1-step=500-last.ckpt", "epoch=1-step=500-EMA.ckpt"]
        save.unfinished = "epoch=1-step=500-unfinished"
        try save.check()
    }

    @Test func nanogpt() throws {
        let file = ("ckpt_500.pt", try TrainerSave.torch())
        let numbered = TrainerSave(layout: "nanogpt", name: "ckpt_500.pt", step: 500, files: [file])
        try numbered.check()
        let version = ("ckpt.pt", try TrainerSave.torch())
        var overwritten = TrainerSave(layout: "nanogpt", name: "ckpt-2000.pt", step: 2000, files: [version])
        overwritten.nextVersion = try InPlaceRun.bytes("4000")
        try overwritten.check()
    }

    @Test func nanochat() throws {
        var save = TrainerSave(
            layout: "nanochat",
            name: "model_000500.pt",
            step: 500,
            files: [("model_000500.pt", try TrainerSave.torch()), ("meta_000500.json", Array("{}".utf8))]
        )
        save.others = ["optim_000500_rank0.pt"]
        try save.check()
    }

    @Test func timm() throws {
        var save = TrainerSave(
            layout: "timm",
            name: "checkpoint-5.pth.tar",
            step: 5,
            files: [("checkpoint-5.pth.tar", try TrainerSave.torch())]
        )
        save.others = [
            "last.pth.tar", "model_best.pth.tar", "tmp.pth.tar", "recovery-1-200.pth.tar", "milestone-5.pth.tar",
        ]
        try save.check()
    }

    @Test func fairseq() throws {
        var save = TrainerSave(
            layout: "fairseq",
            name: "checkpoint_1_500.pt",
            step: 500,
            files: [("checkpoint_1_500.pt", try TrainerSave.torch())]
        )
        save.others = [
            "checkpoint_last.pt", "checkpoint_best.pt", "checkpoint.best_loss_3.2.pt", "checkpoint_2_900.pt.tmp",
            "checkpoint_1_500-shard0.pt",
        ]
        try save.check()
    }

    @Test func icefall() throws {
        var save = TrainerSave(
            layout: "icefall",
            name: "checkpoint-4000.pt",
            step: 4000,
            files: [("checkpoint-4000.pt", try TrainerSave.torch())]
        )
        save.others = ["best-train-loss.pt", "best-valid-loss.pt", "pretrained.pt"]
        try save.check()
    }

    @Test func wenet() throws {
        var save = TrainerSave(
            layout: "wenet",
            name: "step_500.pt",
            step: 500,
            files: [("step_500.pt", try TrainerSave.torch()), ("step_500.yaml", [1])]
        )
        save.others = ["init.pt", "final.pt"]
        try save.check()
    }

    @Test func composer() throws {
        var save = TrainerSave(
            layout: "composer",
            name: "ep1-ba500-rank0.pt",
            step: 500,
            files: [("ep1-ba500-rank0.pt", try TrainerSave.torch())]
        )
        save.others = ["ep1-ba500-rank1.pt", "latest-rank0.pt"]
        try save.check()
    }

    @Test func ultralytics() throws {
        var save = TrainerSave(
            layout: "ultralytics",
            name: "epoch5.pt",
            step: 5,
            files: [("epoch5.pt", try TrainerSave.torch())]
        )
        save.others = ["last.pt", "best.pt"]
        try save.check()
    }

    @Test func kohya() throws {
        var save = TrainerSave(
            layout: "kohya",
            name: "style-step00000500.safetensors",
            step: 500,
            files: [("style-step00000500.safetensors", TrainerSave.safetensors())]
        )
        save.others = ["style.safetensors", "style-step00000500-state/model.safetensors"]
        try save.check()
    }

    @Test func safetensorsSeries() throws {
        var save = TrainerSave(
            layout: "safetensors-series",
            name: "0000500_adapters.safetensors",
            step: 500,
            files: [("0000500_adapters.safetensors", TrainerSave.safetensors())]
        )
        save.others = ["adapters.safetensors", "optimizer_500.safetensors", "step_latest_7.safetensors"]
        try save.check()
    }

    @Test func torchSeries() throws {
        var save = TrainerSave(
            layout: "torch-series",
            name: "model_epoch_3_loss_0.12.pth",
            step: 3,
            files: [("model_epoch_3_loss_0.12.pth", try TrainerSave.torch())]
        )
        save.others = ["optimizer_epoch_3.pth", "last_epoch_3.pth", "mp_rank_00_model_states.pt"]
        try save.check()
    }

    @Test func torchInPlace() throws {
        let file = ("checkpoint.pth.tar", try TrainerSave.torch())
        var save = TrainerSave(layout: "torch-in-place", name: "checkpoint-2000.pth.tar", step: 2000, files: [file])
        save.others = ["best.pth.tar"]
        save.nextVersion = try InPlaceRun.bytes("4000")
        try save.check()
    }

    /// Where the tensors of two shards are.
    private static let index = Array(
        """
        {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
        """.utf8
    )
}
