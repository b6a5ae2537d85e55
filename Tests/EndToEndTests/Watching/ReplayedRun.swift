import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Checkpoints of one run, to be saved again as their trainer, or another, would save them.
struct ReplayedRun: Sendable, CustomTestStringConvertible {
    /// One file of a checkpoint: its path in the watched directory, and its bytes.
    struct File: Sendable {
        let path: String
        let bytes: [UInt8]
    }

    /// A checkpoint.
    struct Member: Sendable {
        /// What the daemon calls it.
        let name: String
        /// In the order in which they are written.
        let files: [File]
        /// What rotation deletes; nil for one that the next save overwrites.
        let entry: String?
        /// Where the member lies in the fixtures, for `lawa average`.
        let original: FilePath
    }

    /// The name of the layout.
    let layout: String
    /// What it is made of.
    let title: String
    /// Oldest first.
    let members: [Member]

    var testDescription: String { "\(layout): \(title)" }

    private static let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()
    private static let torch = tests.appending("AveragingTests/Fixtures/torch")
    private static let fixtures = tests.appending("EndToEndTests/Fixtures")

    /// Every layout with files, or directories, of a real run.
    static let all: [ReplayedRun] = {
        do {
            return try [
                directories("huggingface", "hf-trainer", marker: "trainer_state.json"),
                directories("huggingface", "hf-sharded", marker: "trainer_state.json"),
                directories("huggingface", "peft-lora", marker: "trainer_state.json"),
                wrapped(
                    "diffusers",
                    "checkpoint-%/unet/diffusion_pytorch_model.safetensors",
                    marker: "random_states_0.pkl"
                ),
                wrapped("accelerate", "checkpoint_%/model.safetensors", marker: "random_states_0.pkl"),
                wrapped("model-directories", "step%/model.safetensors", marker: nil),
                weights("kohya", "lora-step000000%.safetensors"),
                weights("safetensors-series", "step_%.safetensors"),
                files(
                    "lightning",
                    "lightning_weight_averaging",
                    ["epoch=0-step=10.ckpt", "epoch=1-step=20.ckpt", "epoch=2-step=30.ckpt"]
                ),
                files("nanogpt", "tied", ["ckpt_100.pt", "ckpt_200.pt", "ckpt_1000.pt"]),
                files(
                    "nanochat",
                    "tied",
                    ["model_000010.pt", "model_000020.pt", "model_000030.pt"],
                    besides: ("meta_", ".json", "{}")
                ),
                files("timm", "parameters", ["checkpoint-1.pth.tar", "checkpoint-2.pth.tar", "checkpoint-10.pth.tar"]),
                files("fairseq", "flat_buffer", ["checkpoint_1_10.pt", "checkpoint_2_20.pt", "checkpoint_3_30.pt"]),
                files(
                    "icefall",
                    "optimizer_grows",
                    ["checkpoint-1000.pt", "checkpoint-2000.pt", "checkpoint-3000.pt"]
                ),
                files(
                    "wenet",
                    "tied",
                    ["step_10.pt", "step_20.pt", "step_30.pt"],
                    besides: ("step_", ".yaml", "step: 1")
                ),
                files("composer", "dtype_mix", ["ep0-ba10-rank0.pt", "ep0-ba20-rank0.pt", "ep1-ba30-rank0.pt"]),
                files("ultralytics", "crc_off", ["epoch1.pt", "epoch2.pt", "epoch10.pt"]),
                files("torch-series", "legacy_tied_and_views", ["net_1.pth", "net_2.pth", "net_10.pth"]),
                overwritten("nanogpt", "ckpt.pt"),
                overwritten("torch-in-place", "checkpoint.pt"),
            ]
        } catch {
            Issue.record(error)
            return []
        }
    }()

    /// Directories of `transformers.Trainer`.
    private static func directories(_ layout: String, _ fixture: String, marker: String) throws -> ReplayedRun {
        let run = fixtures.appending("\(fixture)/run")
        let members = try (2...6).map { number in
            let name = "checkpoint-\(number * 5)"
            let directory = run.appending(name)
            let names = try DirectoryListing.entries(of: directory).map(\.name).filter { $0 != marker } + [marker]
            let files = try names.map { file in
                File(path: "\(name)/\(file)", bytes: try Fixture.read(directory.appending(file)))
            }
            return Member(name: name, files: files, entry: name, original: directory)
        }
        return ReplayedRun(layout: layout, title: fixture, members: members)
    }

    /// Weights of `transformers.Trainer` as another library lays them out; `%` stands for the step.
    private static func wrapped(_ layout: String, _ pattern: String, marker: String?) throws -> ReplayedRun {
        let members = try originals().map { step, original in
            let path = pattern.replacing("%", with: step)
            let name = String(path.prefix { $0 != "/" })
            let folder = FilePath(path).removingLastComponent().string
            var files = [File(path: "\(folder)/config.json", bytes: Array("{}".utf8))]
            files.append(File(path: path, bytes: try Fixture.read(original)))
            if let marker { files.append(File(path: "\(name)/\(marker)", bytes: [1])) }
            return Member(name: name, files: files, entry: name, original: original)
        }
        return ReplayedRun(layout: layout, title: pattern, members: members)
    }

    /// The same weights as a series of files.
    private static func weights(_ layout: String, _ pattern: String) throws -> ReplayedRun {
        let members = try originals().map { step, original in
            let name = pattern.replacing("%", with: step)
            let file = File(path: name, bytes: try Fixture.read(original))
            return Member(name: name, files: [file], entry: name, original: original)
        }
        return ReplayedRun(layout: layout, title: pattern, members: members)
    }

    private static func originals() -> [(step: String, file: FilePath)] {
        (2...5).map { number in
            let step = String(number * 5)
            return (step, fixtures.appending("hf-trainer/run/checkpoint-\(step)/model.safetensors"))
        }
    }

    /// Files of `torch.save` under other names, each with a small file beside it where the trainer writes one.
    private static func files(
        _ layout: String,
        _ fixture: String,
        _ names: [String],
        besides: (prefix: String, suffix: String, text: String)? = nil
    ) throws -> ReplayedRun {
        let run = torch.appending("\(fixture)/run")
        let originals = try DirectoryListing.entries(of: run).map(\.name).sorted()
        let members = try zip(names, originals).map { name, original in
            var files = [File(path: name, bytes: try Fixture.read(run.appending(original)))]
            if let besides {
                let number = name.filter(\.isNumber)
                let path = besides.prefix + number + besides.suffix
                files.append(File(path: path, bytes: Array(besides.text.utf8)))
            }
            return Member(name: name, files: files, entry: name, original: run.appending(original))
        }
        return ReplayedRun(layout: layout, title: fixture, members: members)
    }

    /// One file that every save overwrites.
    private static func overwritten(_ layout: String, _ name: String) throws -> ReplayedRun {
        let directory = FilePath("/nonexistent")
        let members = try (1...4).map { number in
            let step = 1000 * number
            let file = File(path: name, bytes: try OverwrittenFile(.init(step: step)).bytes)
            let path = FilePath(name)
            let version = "\(path.stem ?? name)-\(step).pt"
            return Member(name: version, files: [file], entry: nil, original: directory)
        }
        return ReplayedRun(layout: layout, title: name, members: members)
    }
}
