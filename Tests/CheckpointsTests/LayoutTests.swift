import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What each layout takes for a checkpoint, and of which step.
@Suite struct LayoutTests {
    /// A listing and the checkpoints in it.
    struct Row: Sendable {
        let layout: String
        let found: [String: Int]
        /// What lies beside them and is none.
        let others: [String]

        init(_ layout: String, _ found: [String: Int], others: [String] = []) {
            (self.layout, self.found, self.others) = (layout, found, others)
        }
    }

    private static let rows = [
        Row(
            "huggingface",
            ["checkpoint-999/": 999, "checkpoint-1000/": 1000, "checkpoint-0/": 0],
            others: [
                "checkpoint-lawa/", "checkpoint--5/", "checkpoint-10-lawa/", "checkpoint-/", "checkpoint/",
                "checkpoint_3/", "Checkpoint-7/", "tmp-checkpoint-8/", "checkpoint-8.tmp/", "checkpoint-5",
                "checkpoint-99999999999999999999/", "checkpoint- 6/", "checkpoint-٦/", "xcheckpoint-6/", "runs/",
                "model.safetensors",
            ]
        ),
        Row("diffusers", ["checkpoint-10/": 10], others: ["unet/", "checkpoint-10.safetensors", "logs/"]),
        Row(
            "accelerate",
            ["checkpoint_0/": 0, "checkpoint_12/": 12],
            others: ["step_5/", "epoch_1/", "checkpoint-7/"]
        ),
        Row("accelerate", ["step_500/": 500, "step_1000/": 1000], others: ["epoch_1/", "step_5x/", "step_7"]),
        Row("accelerate", ["step-500/": 500], others: ["epoch_1/"]),
        Row("accelerate", ["epoch_0/": 0, "epoch_1/": 1], others: ["checkpoint-7/"]),
        Row("accelerate", ["checkpoint-7/": 7]),
        Row("model-directories", ["step1000/": 1000, "step0/": 0], others: ["step/", "step1000-tmp/", "main/"]),
        Row("model-directories", ["step-00001000/": 1000], others: ["final/", "step-00002000-tmp/"]),
        Row("model-directories", ["epoch_0/": 0, "epoch_1/": 1], others: ["recipe_state/", "dist_epoch_0/"]),
        Row(
            "lightning",
            ["epoch=0-step=500.ckpt": 500, "epoch=1-step=1000.ckpt": 1000],
            others: [
                "last.ckpt", "last-v1.ckpt", "last-epoch=1-step=1000.ckpt", "epoch=4.ckpt", "03-1000.ckpt",
                "epoch=1-step=1500-last.ckpt", "epoch=1-step=1500.ckpt.tmp", ".epoch=1-step=1500.ckpt",
                "epoch=2-step=1500.ckpt/", "epoch=2-step=1500.pt", "hparams.yaml",
            ]
        ),
        Row(
            "lightning",
            ["epoch=2-step=30-val_loss=0.12.ckpt": 30, "epoch=3-train_loss_step=0.31-step=40.ckpt": 40],
            others: ["train_loss_step=0.5-epoch=3.ckpt"]
        ),
        Row("lightning", ["epoch=2-val_loss=0.12.ckpt": 2, "epoch=10-val_loss=0.10.ckpt": 10], others: ["last.ckpt"]),
        Row("lightning", ["m-epoch=1_step=8.ckpt": 8], others: ["multistep=9.ckpt", "step=9.5.ckpt", "step=.ckpt"]),
        Row(
            "lightning",
            ["epoch=1-step=10-v2.ckpt": 10, "epoch=2-step=20.ckpt": 20],
            others: ["epoch=1-step=10.ckpt", "epoch=1-step=10-v1.ckpt"]
        ),
        Row(
            "lightning",
            ["megatron--val_loss=7.31-step=100-consumed_samples=800.0.ckpt": 100],
            others: [
                "megatron--val_loss=7.31-step=100-consumed_samples=800.0-EMA.ckpt",
                "megatron--val_loss=7.31-step=100-consumed_samples=800.0-EMA-v1.ckpt",
                "megatron--val_loss=7.31-step=100-consumed_samples=800.0-last.ckpt",
                "megatron--val_loss=7.31-step=100-consumed_samples=800.0-unfinished",
            ]
        ),
        Row(
            "nanogpt",
            ["ckpt_100.pt": 100, "ckpt_20.pt": 20],
            others: ["ckpt.pt", "ckpt-5.pt", "ckpt_.pt", "ckpt_5.pth"]
        ),
        Row("nanogpt", ["ckpt-2000.pt": 2000], others: ["ckpt.pt", "xckpt-1.pt"]),
        Row("nanogpt", ["ckpt.pt": 0], others: ["meta.pkl"]),
        Row(
            "nanochat",
            ["model_000100.pt": 100, "model_1000000.pt": 1_000_000],
            others: ["meta_000100.json", "optim_000100_rank0.pt", "model_100.pt", "model_.pt", "model.pt"]
        ),
        Row(
            "timm",
            ["checkpoint-0.pth.tar": 0, "checkpoint-12.pth.tar": 12],
            others: [
                "last.pth.tar", "model_best.pth.tar", "recovery-1-200.pth.tar", "milestone-5.pth.tar", "tmp.pth.tar",
                "recovery_tmp.pth.tar", "checkpoint-5.pth", "args.yaml", "summary.csv",
            ]
        ),
        Row(
            "fairseq",
            ["checkpoint_1_500.pt": 500, "checkpoint_2_1000.pt": 1000],
            others: [
                "checkpoint1.pt", "checkpoint_best.pt", "checkpoint_last.pt", "checkpoint.best_loss_3.2.pt",
                "checkpoint_2_1500.pt.tmp", "checkpoint_2_1500-shard0.pt", "checkpoint_2.pt",
            ]
        ),
        Row(
            "fairseq",
            ["checkpoint1.pt": 1, "checkpoint12.pt": 12],
            others: ["checkpoint_last.pt", "checkpoint_best.pt", "checkpoint1-shard0.pt"]
        ),
        Row(
            "icefall",
            ["checkpoint-4000.pt": 4000, "checkpoint-8000.pt": 8000],
            others: ["epoch-1.pt", "best-train-loss.pt", "best-valid-loss.pt", "pretrained.pt", "tensorboard/"]
        ),
        Row("icefall", ["epoch-1.pt": 1, "epoch-10.pt": 10], others: ["best-valid-loss.pt", "pretrained.pt"]),
        Row("wenet", ["step_100.pt": 100], others: ["step_100.yaml", "epoch_1.pt", "init.pt", "final.pt", "3.pt"]),
        Row("wenet", ["epoch_1.pt": 1], others: ["epoch_1.yaml", "init.pt", "3.pt"]),
        Row("wenet", ["0.pt": 0, "12.pt": 12], others: ["0.yaml", "final.pt", "init.yaml"]),
        Row(
            "composer",
            ["ep0-ba500-rank0.pt": 500, "ep1-ba1000-rank0.pt": 1000],
            others: ["ep1-ba1000-rank1.pt", "latest-rank0.pt", "ep1-ba2000/", "ep1-ba1500-rank0.pt.symlink"]
        ),
        Row("ultralytics", ["epoch0.pt": 0, "epoch10.pt": 10], others: ["best.pt", "last.pt", "epoch.pt"]),
        Row(
            "kohya",
            ["style-step00000500.safetensors": 500, "style-step00001000.safetensors": 1000],
            others: [
                "style.safetensors", "style-000001.safetensors", "other-step00000500.safetensors",
                "style-step00000500-state/", "style-step500.safetensors",
            ]
        ),
        Row(
            "kohya",
            ["v2-000002.safetensors": 2, "v2-000004.safetensors": 4],
            others: [
                "v2.safetensors", "model-000001-of-000002.safetensors", "-000003.safetensors", "v2-00005.safetensors",
            ]
        ),
        Row("safetensors-series", ["step_5.safetensors": 5], others: ["optimizer_5.safetensors", "step_5.pt"]),
        Row(
            "torch-series",
            ["model_epoch_1_loss_0.31.pth": 1, "model_epoch_2_loss_0.28.pth": 2],
            others: [
                "optimizer_epoch_1.pth", "best_epoch_2.pth", "last.pth", "model.pth", "model_epoch_2.safetensors",
                "pytorch_model-00001-of-00002.bin", "rng_state_0.pth", "training_args.bin", "model_3/",
            ]
        ),
        Row("torch-series", ["03-1000.ckpt": 1000, "04-2000.ckpt": 2000], others: ["last.ckpt", "last-v1.ckpt"]),
        Row("torch-in-place", ["checkpoint.pth.tar": 0], others: ["best.pth.tar", "config.yaml"]),
        Row("torch-in-place", ["last.pt": 0], others: ["best.pt"]),
        Row("torch-in-place", [:], others: ["last.pt", "model.pt"]),
        Row("torch-in-place", [:], others: ["model.pt", "step_5.safetensors"]),
        Row("torch-in-place", [:], others: ["latest.pth", "net_5.pth"]),
        Row("torch-in-place", ["model-2000.pt": 2000, "model-3000.pt": 3000], others: ["model.pt"]),
        Row("torch-in-place", ["checkpoint-7.pth.tar": 7]),
    ]

    @Test("names and steps", arguments: rows)
    func names(row: Row) throws {
        let found = try LayoutListing.steps(row.layout, among: Array(row.found.keys) + row.others)
        let expected = row.found.map { name, step in (name.hasSuffix("/") ? String(name.dropLast()) : name, step) }
        #expect(found == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test("every layout is in the table, and none finds anything of its names among links or in nothing")
    func everyLayout() throws {
        #expect(Set(Self.rows.map(\.layout)) == Set(TrainerLayouts.all.map(\.name)))
        for row in Self.rows {
            let layout = try #require(TrainerLayouts.named(row.layout))
            let links = row.found.keys.map { name in
                DirectoryEntry(name: name.hasSuffix("/") ? String(name.dropLast()) : name, kind: .symbolicLink)
            }
            #expect(layout.candidates(in: "/run", entries: links).isEmpty)
            #expect(layout.candidates(in: "/run", entries: []).isEmpty)
            let other = links.map { entry in
                DirectoryEntry(name: entry.name, kind: row.found["\(entry.name)/"] == nil ? .directory : .regular)
            }
            #expect(layout.candidates(in: "/run", entries: other).isEmpty, "\(row.layout)")
        }
    }

    @Test("candidates are what they are and where they are")
    func places() throws {
        for row in Self.rows {
            let layout = try #require(TrainerLayouts.named(row.layout))
            let entries = row.found.keys.map { name in
                name.hasSuffix("/")
                    ? DirectoryEntry(name: String(name.dropLast()), kind: .directory)
                    : DirectoryEntry(name: name, kind: .regular)
            }
            for candidate in layout.candidates(in: "/run", entries: entries) {
                #expect(candidate.path == FilePath("/run").appending(candidate.name))
                #expect(!candidate.isPin)
                #expect(candidate.unit == (row.found["\(candidate.name)/"] == nil ? .file : .directory))
                #expect(candidate.unit == .file || candidate.siblings.isEmpty)
            }
        }
    }

    @Test("names of layouts are told apart, and a summary fits on a line")
    func descriptions() {
        let names = TrainerLayouts.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(!names.contains(TrainerLayouts.automaticName))
        for layout in TrainerLayouts.all {
            #expect(TrainerLayouts.named(layout.name)?.name == layout.name)
            #expect(!layout.summary.isEmpty && layout.summary.count <= 100 && !layout.summary.contains("\n"))
        }
        #expect(TrainerLayouts.named(TrainerLayouts.automaticName) == nil)
    }

    @Test(
        "only files that are overwritten have their step inside",
        arguments: [
            ("nanogpt", "ckpt.pt", true), ("nanogpt", "ckpt_5.pt", false), ("nanogpt", "ckpt-5.pt", false),
            ("torch-in-place", "model.pth", true), ("torch-in-place", "model-5.pth", false),
            ("torch-in-place", "latest.pt", true), ("lightning", "epoch=1.ckpt", false),
        ]
    )
    func inPlace(layout: String, name: String, stepIsInside: Bool) throws {
        let layout = try #require(TrainerLayouts.named(layout))
        let found = try LayoutListing.candidates(layout, among: [name])
        #expect(found.map(\.stepIsInside) == [stepIsInside])
    }

    @Test(
        "of several series in one directory one is followed",
        arguments: [
            (["step_1", "step_10", "step_9"], ["step_1", "step_10", "step_9"]),
            (["epoch=0-step=500", "epoch=1-step=1000"], ["epoch=0-step=500", "epoch=1-step=1000"]),
            (["step_5", "0000100_adapters", "0000200_adapters"], ["step_5"]),
            (["a-1", "a-2", "b-1"], ["a-1", "a-2"]),
            (["b-1", "a-1"], ["a-1"]),
            (["a-step1", "b-step1", "b-step2", "c-1", "c-2", "c-3"], ["b-step1", "b-step2"]),
            (["0000100_adapters", "0000200_adapters", "adapters"], ["0000100_adapters", "0000200_adapters"]),
            (["best_epoch_1", "best_epoch_2", "net_3"], ["net_3"]),
            (["best_epoch_1", "best_epoch_2"], ["best_epoch_1", "best_epoch_2"]),
            (["model", "model-00001-of-00002", "model-00002-of-00002"], []),
            (["tmp_1", ".step_2"], []),
        ] as [([String], [String])]
    )
    func series(stems: [String], chosen: [String]) throws {
        for (layout, suffix) in [("safetensors-series", ".safetensors"), ("torch-series", ".pth.tar")] {
            let found = try LayoutListing.steps(layout, among: stems.map { $0 + suffix })
            #expect(found.keys.sorted() == chosen.map { $0 + suffix }.sorted())
        }
    }
}
