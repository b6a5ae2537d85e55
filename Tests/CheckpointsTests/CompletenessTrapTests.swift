import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Ways in which trainers leave what looks like a checkpoint and is none yet, each as its trainer leaves it.
///
/// Cut and pre-extended safetensors files are in `WeightFileTests`, markers and shards in `InspectorTests`, cut archives in
/// `InPlaceTests`.
@Suite struct CompletenessTrapTests {
    /// A directory that a trainer of some layout saves in.
    struct Run {
        let path: FilePath
        let layout: any TrainerLayout

        func write(_ name: String, _ bytes: [UInt8]) throws {
            try CheckpointSample(path).write(name, bytes)
        }

        func fixture(_ name: String) throws -> [UInt8] {
            try Fixture.read(FilePath(#filePath).removingLastComponent().appending("Fixtures/\(name)"))
        }

        var weights: [UInt8] { SampleTensor.file([SampleTensor("w")]) }

        /// Names of what is whole, and why the rest is not.
        func look() throws -> (whole: [String], reasons: [Incompleteness]) {
            var (whole, reasons): ([String], [Incompleteness]) = ([], [])
            for candidate in layout.candidates(in: path, entries: try DirectoryListing.entries(of: path)) {
                let files = try CandidateFiles(of: candidate)
                switch CheckpointInspector(layout: layout).inspect(candidate, files: files) {
                case .success(let checkpoint): whole.append(checkpoint.name)
                case .failure(let reason): reasons.append(reason)
                }
            }
            return (whole, reasons)
        }
    }

    struct Trap: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let layout: String
        /// Leaves the trap.
        let leave: @Sendable (Run) throws -> Void
        /// How the reason begins, without its kind; nil where the name alone says that it is none.
        let reason: String?
        /// Makes it whole, as the trainer would.
        let finish: @Sendable (Run) throws -> Void
    }

    private static let state = CheckpointSample.state

    private static let traps = [
        Trap(
            testDescription: "torch.save whose pickling failed: a valid archive without data.pkl",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", $0.fixture("traps/failed-save.pt")) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "an archive with storages and no data.pkl",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", $0.fixture("traps/no-pickle.pt")) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "an archive that lacks a storage of its pickle",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", $0.fixture("traps/no-storage.pt")) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "an archive cut by a full disk",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", Array($0.fixture("in-place/2000.pt").dropLast(100))) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "an archive of which the disk lost every page: the size is right",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt").map { _ in 0 }) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "a file of torch.save before zip archives, cut in its last storage",
            layout: "torch-series",
            leave: { try $0.write("step_5.pt", Array($0.fixture("traps/legacy.pt").dropLast(1))) },
            reason: "\"step_5.pt\" cannot be read as weights: ",
            finish: { try $0.write("step_5.pt", $0.fixture("traps/legacy.pt")) }
        ),
        Trap(
            testDescription: "a file that its trainer has just emptied to write it again",
            layout: "nanogpt",
            leave: { try $0.write("ckpt.pt", []) },
            reason: "\"ckpt.pt\" cannot be read as weights: ",
            finish: { try $0.write("ckpt.pt", $0.fixture("in-place/2000.pt")) }
        ),
        Trap(
            testDescription: "NeMo's sign beside a file that it saves or deletes",
            layout: "lightning",
            leave: {
                try $0.write("epoch=1-step=5.ckpt", $0.fixture("in-place/2000.pt"))
                try $0.write("epoch=1-step=5-unfinished", [])
            },
            reason: "the trainer marked it as unfinished with \"epoch=1-step=5-unfinished\"",
            finish: { try Publication.removeTree($0.path.appending("epoch=1-step=5-unfinished")) }
        ),
        Trap(
            testDescription: "a checkpoint that is saved because the job is ended",
            layout: "huggingface",
            leave: {
                try $0.write("checkpoint-5/checkpoint-is-incomplete.txt", [])
                try $0.write("checkpoint-5/model.safetensors", $0.weights)
                try $0.write("checkpoint-5/trainer_state.json", state)
            },
            reason: "the trainer marked it as unfinished with \"checkpoint-is-incomplete.txt\"",
            finish: { try Publication.removeTree($0.path.appending("checkpoint-5/checkpoint-is-incomplete.txt")) }
        ),
        Trap(
            testDescription: "the staging directory of transformers 4.36, whole or not",
            layout: "huggingface",
            leave: {
                try $0.write("tmp-checkpoint-5/model.safetensors", $0.weights)
                try $0.write("tmp-checkpoint-5/trainer_state.json", state)
            },
            reason: nil,
            finish: {
                try Publication.publish(
                    staged: $0.path.appending("tmp-checkpoint-5"),
                    as: $0.path.appending("checkpoint-5")
                )
            }
        ),
        Trap(
            testDescription: "weights of safetensors 0.8 under their temporary name",
            layout: "huggingface",
            leave: {
                try $0.write("checkpoint-5/.tmpAb12Cd", $0.weights)
                try $0.write("checkpoint-5/trainer_state.json", state)
            },
            reason: "no file with weights is in it",
            finish: {
                try Publication.publish(
                    staged: $0.path.appending("checkpoint-5/.tmpAb12Cd"),
                    as: $0.path.appending("checkpoint-5/model.safetensors")
                )
            }
        ),
        Trap(
            testDescription: "a file of a series under its temporary name, as fairseq writes it",
            layout: "fairseq",
            leave: { try $0.write("checkpoint_1_5.pt.tmp", $0.fixture("in-place/2000.pt")) },
            reason: nil,
            finish: {
                try Publication.publish(
                    staged: $0.path.appending("checkpoint_1_5.pt.tmp"),
                    as: $0.path.appending("checkpoint_1_5.pt")
                )
            }
        ),
        Trap(
            testDescription: "a model of nanochat whose other file is still to come",
            layout: "nanochat",
            leave: { try $0.write("model_000005.pt", $0.fixture("in-place/2000.pt")) },
            reason: "\"meta_000005.json\", which the trainer writes last, is not there yet",
            finish: { try $0.write("meta_000005.json", Array("{}".utf8)) }
        ),
        Trap(
            testDescription:
                "a header that was written before its data, as by a consolidation that closes each file twice",
            layout: "model-directories",
            leave: { try $0.write("step-5/model.safetensors", Array($0.weights.dropLast(16))) },
            reason: "\"model.safetensors\" cannot be read as weights: ",
            finish: { try $0.write("step-5/model.safetensors", $0.weights) }
        ),
    ]

    @Test(arguments: traps)
    func notYetWhole(trap: Trap) throws {
        try withTemporaryDirectory { directory in
            let run = Run(path: directory, layout: try #require(TrainerLayouts.named(trap.layout)))
            try trap.leave(run)
            let early = try run.look()
            #expect(early.whole.isEmpty)
            #expect(early.reasons.count == (trap.reason == nil ? 0 : 1))
            if let reason = trap.reason, let found = early.reasons.first {
                #expect("\(found)".hasPrefix(reason), "\(found)")
            }
            try trap.finish(run)
            let late = try run.look()
            #expect(late.whole.count == 1 && late.reasons.isEmpty, "\(late.reasons)")
        }
    }

    @Test("safetensors 0.8 renames its file while it still has it open, after the last byte or before")
    func renamedBeforeClosed() throws {
        try withTemporaryDirectory { directory in
            let run = Run(path: directory, layout: HuggingFaceLayout())
            try run.write("checkpoint-5/trainer_state.json", Self.state)
            let temporary = directory.appending("checkpoint-5/.tmpAb12Cd")
            let weights = directory.appending("checkpoint-5/model.safetensors")
            let writer = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: .ownerReadWrite
            )
            try writer.resize(to: Int64(run.weights.count))
            try Publication.publish(staged: temporary, as: weights)
            #expect(try run.look().reasons == [.openForWriting(file: "model.safetensors")])
            try writer.writeAll(run.weights)
            #expect(try run.look().reasons == [.openForWriting(file: "model.safetensors")])
            try writer.close()
            #expect(try run.look().whole == ["checkpoint-5"])
        }
    }

    @Test("a file of torch.save before zip archives is whole at its full length alone")
    func everyCutOfLegacy() throws {
        try withTemporaryDirectory { directory in
            let run = Run(path: directory, layout: TorchSeriesLayout())
            let bytes = try run.fixture("traps/legacy.pt")
            for count in stride(from: 0, to: bytes.count, by: 97) {
                try run.write("step_5.pt", Array(bytes[..<count]))
                #expect(try run.look().whole.isEmpty, "\(count) bytes")
            }
            try run.write("step_5.pt", bytes)
            #expect(try run.look().whole == ["step_5.pt"])
        }
    }
}
