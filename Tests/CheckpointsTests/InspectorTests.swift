import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// Markers and indexes: each way of not being whole is made for real.
@Suite struct InspectorTests {
    private func withSample(
        _ make: (FilePath) throws -> CheckpointSample,
        _ body: (CheckpointSample) throws -> Void
    ) throws {
        try withTemporaryDirectory { try body(make($0.appending("checkpoint-10"))) }
    }

    @Test func wholeCheckpoint() throws {
        try withSample({ try .whole($0) }) { sample in
            let checkpoint = try sample.inspect().get()
            #expect(checkpoint.name == "checkpoint-10")
            #expect(checkpoint.step == Step(10))
            #expect(checkpoint.weights.map(\.relativePath) == ["model.safetensors"])
            #expect(checkpoint.companions.map(\.relativePath) == ["config.json"])
            #expect(checkpoint.markers.map(\.relativePath) == ["trainer_state.json"])
            #expect(checkpoint.catalog.count == 1)
            #expect(checkpoint.catalog["w"]?.info.shape == [4])
            #expect(checkpoint.catalog["v"] == nil)
            #expect(checkpoint.weightByteCount == SampleTensor.file([SampleTensor("w")]).count)
            #expect(checkpoint.companionByteCount == 2)
        }
    }

    @Test("real sharded checkpoints of a Trainer", arguments: [25, 30])
    func realShards(step: Int) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("checkpoint-\(step)")
            try FixtureCopy.make(of: "sharded/checkpoint-\(step)", at: path)
            let checkpoint = try CheckpointSample(path).inspect().get()
            #expect(checkpoint.weights.count == 4)
            #expect(checkpoint.catalog.count == 28)
            #expect(
                checkpoint.companions.map(\.relativePath)
                    == ["config.json", "generation_config.json", "model.safetensors.index.json"]
            )
            let tensor = try #require(checkpoint.catalog["embed_out.weight"])
            #expect(tensor.info.elementType == .f32)
            try Publication.removeTree(path.appending("model-00003-of-00004.safetensors"))
            CheckpointSample(path).expect(
                .missingShard(file: "model-00003-of-00004.safetensors", index: "model.safetensors.index.json"),
                "\"model-00003-of-00004.safetensors\", which \"model.safetensors.index.json\" names, is not there",
                isTransient: true
            )
        }
    }

    @Test func missingTrainerState() throws {
        try withSample({ try .whole($0) }) { sample in
            try Publication.removeTree(sample.path.appending("trainer_state.json"))
            sample.expect(
                .missingMarker(file: "trainer_state.json"),
                "\"trainer_state.json\", which the trainer writes last, is not there yet",
                isTransient: true
            )
        }
    }

    @Test(
        "a trainer state that is no JSON object",
        arguments: [
            ("", "line 1, column 1: expected a value, found the end of the text"),
            (#"{"global_step": 1"#, "line 1, column 18: expected \",\" or \"}\", found the end of the text"),
            (#"{"a": 1} x"#, "line 1, column 10: expected the end of the text, found 'x'"),
            ("[1]", "it holds no JSON object"),
            ("1", "it holds no JSON object"),
        ]
    )
    func invalidTrainerState(text: String, problem: String) throws {
        try withSample({ try .whole($0) }) { sample in
            try sample.write("trainer_state.json", Array(text.utf8))
            sample.expect(
                .invalidMarker(file: "trainer_state.json", problem: problem),
                "\"trainer_state.json\", which the trainer writes last, does not parse: \(problem)",
                isTransient: false
            )
        }
    }

    @Test("numbers that only Python writes", arguments: ["NaN", "Infinity", "-Infinity"])
    func nonFiniteTrainerState(number: String) throws {
        try withSample({ try .whole($0) }) { sample in
            try sample.write("trainer_state.json", Array(#"{"log_history": [{"loss": \#(number)}]}"#.utf8))
            #expect(try sample.inspect().get().step == Step(10))
        }
    }

    @Test func markedIncomplete() throws {
        try withSample({ try .whole($0) }) { sample in
            try sample.write("checkpoint-is-incomplete.txt", [])
            sample.expect(
                .markedIncomplete(file: "checkpoint-is-incomplete.txt"),
                "the trainer marked it as unfinished with \"checkpoint-is-incomplete.txt\"",
                isTransient: true
            )
        }
    }

    @Test func noWeights() throws {
        try withSample({ try .whole($0) }) { sample in
            try Publication.removeTree(sample.path.appending("model.safetensors"))
            sample.expect(.noWeights(found: []), "no file with weights is in it", isTransient: false)
            try sample.write("flax_model.msgpack", [1])
            try sample.write("optimizer.pt", [1])
            try sample.write("training_args.bin", [1])
            sample.expect(
                .noWeights(found: ["flax_model.msgpack"]),
                "no file with weights that can be read is in it, only \"flax_model.msgpack\", which this version does not read",
                isTransient: false
            )
        }
    }

    @Test(
        "an index that is cut or leads out of the checkpoint",
        arguments: [
            ("not_json", "malformed index, line 1, column 34: the string is not closed"),
            ("traversal", "tensor \"a\": shard \"../control/model-00001-of-00002.safetensors\" is not a plain"),
        ]
    )
    func invalidIndex(fixture: String, problem: String) throws {
        try withSample({ try fixtureSample(fixture, at: $0) }) { sample in
            guard case .failure(.invalidIndex(let file, let found)) = sample.inspect() else {
                Issue.record("\(sample.inspect())")
                return
            }
            #expect(file == "model.safetensors.index.json")
            #expect(found.hasPrefix(problem), "\(found)")
            #expect(
                "\(Incompleteness.invalidIndex(file: file, problem: found))"
                    == "the shard index \"\(file)\" is not valid: \(found)"
            )
            #expect(!Incompleteness.invalidIndex(file: file, problem: found).isTransient)
        }
    }

    private func fixtureSample(_ name: String, at path: FilePath) throws -> CheckpointSample {
        try FixtureCopy.make(of: "index/\(name)", at: path)
        let sample = CheckpointSample(path)
        try sample.write("trainer_state.json", CheckpointSample.state)
        return sample
    }

    @Test("the index that the broken ones were made of is whole")
    func controlIndex() throws {
        try withSample({ try fixtureSample("control", at: $0) }) { sample in
            let checkpoint = try sample.inspect().get()
            #expect(checkpoint.catalog.count == 3)
        }
    }

    @Test func missingShard() throws {
        try withSample({ try fixtureSample("missing_shard", at: $0) }) { sample in
            sample.expect(
                .missingShard(file: "model-00002-of-00002.safetensors", index: "model.safetensors.index.json"),
                "\"model-00002-of-00002.safetensors\", which \"model.safetensors.index.json\" names, is not there",
                isTransient: true
            )
        }
    }

    @Test func wrongShard() throws {
        try withSample({ try .sharded($0) }) { sample in
            try sample.writeIndex(["a": "model-00002-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"])
            try Publication.removeTree(sample.path.appending("model-00001-of-00002.safetensors"))
            sample.expect(
                .shardMismatch(
                    tensor: "a",
                    file: "model-00002-of-00002.safetensors",
                    index: "model.safetensors.index.json"
                ),
                "\"model.safetensors.index.json\" says that tensor \"a\" is in "
                    + "\"model-00002-of-00002.safetensors\", but it is not",
                isTransient: false
            )
        }
        try withSample({ try fixtureSample("wrong_shard", at: $0) }) { sample in
            guard case .failure(.shardMismatch) = sample.inspect() else {
                Issue.record("\(sample.inspect())")
                return
            }
        }
    }

    @Test("shards of an earlier save with another count do not count")
    func staleShards() throws {
        try withSample({ try .sharded($0) }) { sample in
            for index in 1...3 {
                try sample.write("model-0000\(index)-of-00003.safetensors", SampleTensor.file([SampleTensor("a")]))
            }
            let checkpoint = try sample.inspect().get()
            #expect(
                checkpoint.weights.map(\.relativePath)
                    == ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
            )
            #expect(checkpoint.catalog["a"]?.file == 0)
            #expect(checkpoint.catalog["b"]?.file == 1)
        }
    }

    @Test("two indexes beside each other both count")
    func twoIndexes() throws {
        try withSample({ try .sharded($0) }) { sample in
            try sample.write("extra-00001-of-00001.safetensors", SampleTensor.file([SampleTensor("c")]))
            try sample.writeIndex(
                ["c": "extra-00001-of-00001.safetensors"],
                name: "extra.safetensors.index.json"
            )
            #expect(try sample.inspect().get().catalog.count == 3)
        }
    }

    @Test("shards of a sub-directory belong to the index there")
    func shardsOfSubdirectories() throws {
        try withSample({ try .whole($0) }) { sample in
            try sample.write("unet/d-00001-of-00001.safetensors", SampleTensor.file([SampleTensor("w")]))
            sample.expect(
                .missingMarker(file: "unet/model.safetensors.index.json"),
                "\"unet/model.safetensors.index.json\", which the trainer writes last, is not there yet",
                isTransient: true
            )
            try sample.writeIndex(["w": "d-00001-of-00001.safetensors"], name: "unet/d.safetensors.index.json")
            let catalog = try sample.inspect().get().catalog
            #expect(catalog.entries.map(\.name) == ["w", "unet/w"])
        }
    }

    @Test func shardsWithoutIndex() throws {
        try withSample({ try .sharded($0) }) { sample in
            try Publication.removeTree(sample.path.appending("model.safetensors.index.json"))
            sample.expect(
                .missingMarker(file: "model.safetensors.index.json"),
                "\"model.safetensors.index.json\", which the trainer writes last, is not there yet",
                isTransient: true
            )
        }
    }

    @Test func duplicateTensor() throws {
        try withSample({ try .whole($0) }) { sample in
            try sample.write("other.safetensors", SampleTensor.file([SampleTensor("v"), SampleTensor("w")]))
            sample.expect(
                .invalidWeights(
                    file: "other.safetensors",
                    problem: "tensor \"w\" is in \"model.safetensors\" as well"
                ),
                "\"other.safetensors\" cannot be read as weights: "
                    + "tensor \"w\" is in \"model.safetensors\" as well",
                isTransient: false
            )
        }
    }

    @Test("adapters in sub-directories are told apart by their directory; deeper ones do not count")
    func subdirectories() throws {
        try withSample({ try .whole($0) }) { sample in
            for name in ["left", "right", "left/deeper"] {
                try sample.write("\(name)/adapter_model.safetensors", SampleTensor.file([SampleTensor("w")]))
            }
            try sample.write("left/adapter_config.json", Array("{}".utf8))
            let checkpoint = try sample.inspect().get()
            #expect(checkpoint.catalog.entries.map(\.name) == ["left/w", "w", "right/w"])
            #expect(checkpoint.companions.map(\.relativePath) == ["config.json", "left/adapter_config.json"])
        }
    }
}
