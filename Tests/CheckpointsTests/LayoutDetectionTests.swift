import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Which layout a directory is recognised as, by listings of real runs and of what lies beside them.
@Suite struct LayoutDetectionTests {
    private static func inside(_ directories: [String], _ files: [String]) -> [String] {
        directories.flatMap { directory in files.map { "\(directory)/\($0)" } }
    }

    private static let transformers = [
        "config.json", "generation_config.json", "model.safetensors", "optimizer.pt", "rng_state.pth", "scheduler.pt",
        "trainer_state.json", "training_args.bin",
    ]
    private static let diffusers = [
        "optimizer.bin", "random_states_0.pkl", "scheduler.bin", "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors", "unet_ema/config.json",
        "unet_ema/diffusion_pytorch_model.safetensors",
    ]
    private static let accelerate = [
        "model.safetensors", "model_1.safetensors", "optimizer.bin", "optimizer_1.bin", "random_states_0.pkl",
        "random_states_1.pkl", "scheduler.bin",
    ]
    private static let runs: [(layout: String, names: [String])] = [
        ("huggingface", inside(["checkpoint-5", "checkpoint-10"], transformers)),
        ("huggingface", inside(["checkpoint-5"], transformers) + ["model.safetensors", "config.json", "runs/"]),
        ("huggingface", inside(["checkpoint-5"], ["adapter_model.safetensors", "README.md", "trainer_state.json"])),
        ("huggingface", inside(["checkpoint-5"], ["trainer_state.json", "pytorch_model_fsdp_0/__0_0.distcp"])),
        ("diffusers", inside(["checkpoint-5", "checkpoint-10"], diffusers) + ["logs/", "model_index.json"]),
        ("diffusers", inside(["checkpoint-5"], ["pytorch_lora_weights.safetensors", "random_states_0.pkl"])),
        ("diffusers", inside(["checkpoint-5"], ["text_encoder/model.safetensors", "random_states_0.pkl"])),
        ("accelerate", inside(["checkpoint_0", "checkpoint_1"], accelerate)),
        ("accelerate", inside(["checkpoint-5"], accelerate)),
        ("accelerate", inside(["checkpoint-5"], accelerate + ["config.json"])),
        ("accelerate", inside(["step_5"], accelerate) + inside(["epoch_0"], accelerate)),
        ("accelerate", inside(["step_5"], diffusers)),
        ("model-directories", inside(["step1000", "step2000"], ["config.json", "pytorch_model.bin"])),
        ("model-directories", inside(["step-00001000"], ["lit_model.pth", "model_config.yaml", "tokenizer.json"])),
        (
            "model-directories",
            inside(["epoch_0"], ["model-00001-of-00001.safetensors", "model.safetensors.index.json"])
                + ["recipe_state/recipe_state.pt"]
        ),
        ("model-directories", inside(["step-10"], [".metadata", "__0_0.distcp"])),
        ("model-directories", inside(["step10"], ["model_and_optim/__0_0.distcp"])),
        ("lightning", ["epoch=0-step=4.ckpt", "epoch=1-step=8.ckpt", "last.ckpt"]),
        ("lightning", ["epoch=0-step=4.ckpt", "epoch=0-step=4-EMA.ckpt", "epoch=0-step=4-unfinished"]),
        ("nanogpt", ["ckpt_20.pt", "ckpt_40.pt", "ckpt.pt"]),
        ("nanogpt", ["ckpt.pt"]),
        ("nanochat", ["model_000100.pt", "meta_000100.json", "optim_000100_rank0.pt", "optim_000100_rank1.pt"]),
        (
            "timm",
            ["checkpoint-0.pth.tar", "checkpoint-1.pth.tar", "last.pth.tar", "model_best.pth.tar", "args.yaml"]
        ),
        (
            "fairseq",
            ["checkpoint1.pt", "checkpoint_1_500.pt", "checkpoint_best.pt", "checkpoint_last.pt"]
                + ["checkpoint.best_loss_3.21.pt", "train.log"]
        ),
        ("fairseq", ["checkpoint1.pt", "checkpoint2.pt", "checkpoint_last.pt"]),
        ("icefall", ["checkpoint-4000.pt", "epoch-1.pt", "best-train-loss.pt", "best-valid-loss.pt", "pretrained.pt"]),
        ("wenet", ["step_100.pt", "step_100.yaml", "step_200.pt", "init.pt", "init.yaml", "final.pt", "train.yaml"]),
        ("wenet", ["0.pt", "0.yaml", "1.pt"]),
        ("torch-series", ["step_100.pt", "init.pt", "init.yaml", "train.yaml"]),
        ("composer", ["ep0-ba500-rank0.pt", "ep0-ba500-rank1.pt", "ep1-ba1000-rank0.pt", "latest-rank0.pt"]),
        ("ultralytics", ["best.pt", "last.pt", "epoch0.pt", "epoch10.pt"]),
        ("torch-in-place", ["best.pt", "last.pt"]),
        ("kohya", ["style-step00000500.safetensors", "style-000001.safetensors", "style.safetensors"]),
        ("kohya", ["style-000001.safetensors", "style-000002.safetensors", "style-000001-state/"]),
        ("safetensors-series", ["step_5.safetensors", "step_10.safetensors"]),
        ("safetensors-series", ["checkpoint-5.safetensors"]),
        ("safetensors-series", ["0000100_adapters.safetensors", "adapters.safetensors", "adapter_config.json"]),
        ("torch-series", ["model_epoch_1.pth", "model_epoch_2.pth", "optimizer_epoch_2.pth"]),
        ("torch-series", ["1epoch.pth", "2epoch.pth", "checkpoint.pth"]),
        ("torch-series", ["03-1000.ckpt", "04-2000.ckpt", "last.ckpt"]),
        ("torch-series", ["model-5.pt", "model-10.pt"]),
        ("torch-in-place", ["checkpoint.pth", "config.json"]),
    ]

    @Test("runs of every trainer", arguments: runs)
    func recognised(layout: String, names: [String]) throws {
        #expect(try LayoutListing.detect(names) == layout)
    }

    @Test("a real run of every layout is among them")
    func everyLayout() {
        #expect(Set(Self.runs.map(\.layout)) == Set(TrainerLayouts.all.map(\.name)))
    }

    /// Pins hold weights, companions and markers only, under names that tell versions of one file apart.
    @Test(
        "pins are recognised as the run is",
        arguments: [
            ("huggingface", inside(["checkpoint-5"], ["config.json", "model.safetensors", "trainer_state.json"])),
            ("diffusers", inside(["checkpoint-5"], diffusers.filter { !$0.hasSuffix(".bin") })),
            ("accelerate", inside(["checkpoint-5"], ["model.safetensors", "random_states_0.pkl"])),
            ("accelerate", inside(["step_5"], ["model.safetensors", "random_states_0.pkl"])),
            ("model-directories", inside(["step5"], ["config.json", "pytorch_model.bin"])),
            ("nanogpt", ["ckpt-100.pt", "ckpt-200.pt"]), ("nanochat", ["model_000100.pt"]),
            ("lightning", ["epoch=0-step=4.ckpt"]), ("timm", ["checkpoint-0.pth.tar"]),
        ]
    )
    func pins(layout: String, names: [String]) throws {
        #expect(try LayoutListing.detect(names) == layout)
    }

    @Test(
        "nothing is found out where no name fits",
        arguments: [
            [], ["model.safetensors"], ["checkpoint-5"], ["checkpoint-lawa/"], [".tmpAbCdE1"], ["last.ckpt"],
            ["checkpoint_best.pt", "checkpoint_last.pt"], ["optimizer_5.pt", "rng_state_0.pth"], ["best.pt"],
            ["last.pt", "model.pt"], ["final.pt"], ["latest-rank0.pt"], ["meta_000100.json"],
            ["pytorch_model-00001-of-00002.bin"], ["optim_000100_rank0.pt"], ["training_args.bin"],
        ]
    )
    func nothingYet(names: [String]) throws {
        #expect(try LayoutListing.detect(names) == "nothing yet")
    }

    @Test(
        "directories that say nothing yet are waited for, and looked into from the newest",
        arguments: [
            (["checkpoint-5/"], "checkpoint-5"),
            (
                ["checkpoint-5/", "checkpoint-20/", "checkpoint-9/", "checkpoint-1/"],
                "checkpoint-20 checkpoint-9 checkpoint-5"
            ),
            (["checkpoint-5/.tmpAbCdEf"], "checkpoint-5"),
            (["checkpoint-5/unet/config.json"], "checkpoint-5"),
            (["checkpoint-5/optimizer.bin"], "checkpoint-5"),
            (["step_5/", "model.safetensors"], "step_5"),
            (["checkpoint-5/", "step_5.safetensors"], "checkpoint-5"),
        ]
    )
    func undecided(names: [String], directories: String) throws {
        #expect(try LayoutListing.detect(names) == "nothing yet \(directories)")
    }

    @Test("what comes into a directory decides, step by step")
    func decides() throws {
        try withTemporaryDirectory { directory in
            for (name, layout) in [
                ("checkpoint-5/", "nothing yet checkpoint-5"),
                ("checkpoint-5/model.safetensors", "huggingface"),
                ("checkpoint-5/random_states_0.pkl", "accelerate"),
                ("checkpoint-10/", "accelerate"),
                ("checkpoint-10/unet/diffusion_pytorch_model.safetensors", "diffusers"),
                ("checkpoint-10/trainer_state.json", "huggingface"),
            ] {
                try LayoutListing.fill(directory, [name])
                #expect(try LayoutListing.detect(in: directory) == layout, "\(name)")
            }
        }
    }

    @Test("one directory whose name only one layout knows needs no content")
    func single() throws {
        #expect(try LayoutListing.detect(["step1000/"]) == "model-directories")
        #expect(try LayoutListing.detect(["checkpoint_0/"]) == "accelerate")
    }

    @Test(
        "layouts that fit equally are told, not guessed between",
        arguments: [
            (["step_5.safetensors", "step_5.pt"], "safetensors-series or torch-series"),
            (["ckpt_5.pt", "checkpoint-5.pth.tar"], "nanogpt or timm"),
            (["epoch=1-step=5.ckpt", "checkpoint_1_5.pt", "checkpoint-5.pt"], "lightning or fairseq or icefall"),
            (
                inside(["checkpoint-5"], transformers) + inside(["step1000"], ["pytorch_model.bin"]),
                "huggingface or model-directories"
            ),
            (["checkpoint_0/", "ckpt_5.pt"], "accelerate or nanogpt"),
        ]
    )
    func ambiguous(names: [String], layouts: String) throws {
        #expect(try LayoutListing.detect(names) == layouts)
    }

    @Test("content counts more than names, and names more than any series")
    func precedence() throws {
        let trainer = Self.inside(["checkpoint-5"], Self.transformers)
        #expect(try LayoutListing.detect(trainer + ["ckpt_5.pt", "step_5.safetensors"]) == "huggingface")
        #expect(try LayoutListing.detect(["ckpt_5.pt", "step_5.safetensors", "net_5.pth"]) == "nanogpt")
    }

    @Test("what cannot be listed tells nothing and does not fail")
    func vanished() {
        let entries = [DirectoryEntry(name: "checkpoint-5", kind: .directory)]
        guard case .nothingYet(let undecided) = TrainerLayouts.detect(in: "/nonexistent", entries: entries) else {
            Issue.record("a layout")
            return
        }
        #expect(undecided == ["/nonexistent/checkpoint-5"])
    }
}
