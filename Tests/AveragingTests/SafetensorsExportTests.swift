import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct SafetensorsExportTests {
    /// All windows whose tensors safetensors can hold.
    static let names = TorchWindow.names.filter { name in
        name != "complex" && (try? TorchWindow(name))?.expectation.refused != true
    }

    @Test("an average as safetensors holds the model alone, bit for bit", arguments: names)
    func windows(name: String) throws {
        let window = try TorchWindow(name)
        try withTemporaryDirectory { directory in
            let plan = try window.plan()
            let staged = try StagedAverage.export(plan, in: directory)
            let isFile = plan.newest.candidate.unit == .file
            let root = isFile ? staged.directory : staged.directory.appending(plan.newest.name)
            let files = staged.manifest.files.map { root.appending($0.path) }
            try window.checkExport(plan, files)
            #expect(staged.manifest.format == .safetensors)
            for (record, path) in zip(staged.manifest.files, files) {
                let bytes = try Fixture.read(path)
                #expect(record.size == bytes.count && record.mtimeNs == nil)
                #expect(record.checksum == AverageCheck.checksum(bytes).text)
            }
            let written = try files.reduce(plan.newest.companionByteCount) { try $0 + FileStatus.of($1).size }
            #expect(staged.manifest.bytesWritten == written)
        }
    }

    @Test("a single file under any name, with its manifest, and nothing of the original")
    func file() throws {
        try withTemporaryDirectory { directory in
            let plan = try TorchWindow("tied").plan()
            let staged = try StagedAverage.export(plan, in: directory, name: "mean.safetensors")
            let names = try DirectoryListing.entries(of: staged.directory).map(\.name)
            #expect(names == ["mean.safetensors", "mean.safetensors.lawa.json"])
            let manifest = try ManifestFile.read(staged.directory.appending("mean.safetensors.lawa.json"))
            #expect(manifest == staged.manifest)
            let sample = try SafetensorsSample(Fixture.read(staged.directory.appending("mean.safetensors")))
            #expect(sample.header.tensors.map(\.name) == ["lm_head.weight", "ln.weight"])
            #expect(sample.metadata == ["format": "pt", "wte.weight": "lm_head.weight"])
        }
    }

    @Test("shards, their index and what makes them loadable; an export can be averaged again")
    func shards() throws {
        try withTemporaryDirectory { directory in
            let plan = try TorchWindow("hf_bin_sharded").plan()
            let staged = try StagedAverage.export(plan, in: directory)
            let root = staged.directory.appending("checkpoint-30")
            let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
            #expect(staged.manifest.files.map(\.path) == shards)
            #expect(
                try DirectoryListing.entries(of: root).map(\.name)
                    == ["config.json", "lawa.json"] + shards + ["model.safetensors.index.json"]
            )
            let index = try ShardIndex(parsing: Fixture.read(root.appending("model.safetensors.index.json")))
            #expect(index.files == shards)
            #expect(Set(index.weightMap.keys) == Set(plan.newest.catalog.entries.map(\.name)))
            #expect(index.totalSize == plan.newest.catalog.entries.reduce(0) { $0 + $1.info.byteRange.count })
            let opened = try CheckpointOpener.open(root, position: 0)
            #expect(Set(opened.catalog.entries.map(\.name)) == Set(index.weightMap.keys))
            #expect(opened.catalog.files.map(\.format) == [.safetensors, .safetensors])
        }
    }

    @Test("in a directory of models only those that need it are exported, and each index lists its own")
    func mixed() throws {
        try withTemporaryDirectory { directory in
            let members = try [10, 20].map { try makeMixed(directory.appending("checkpoint-\($0)"), value: Float($0)) }
            let window = try #require(CheckpointWindow(members: members))
            #expect(SafetensorsExport.isNeeded(for: window.newest))
            let staged = try StagedAverage.export(try window.plan(), in: directory)
            let root = staged.directory.appending("checkpoint-20")
            #expect(
                staged.manifest.files.map(\.path) == [
                    "model-00001-of-00001.safetensors", "textEncoder/model-00001-of-00002.safetensors",
                    "textEncoder/model-00002-of-00002.safetensors",
                ]
            )
            let original = try Fixture.read(window.newest.candidate.path.appending("model.safetensors.index.json"))
            #expect(try Fixture.read(root.appending("model.safetensors.index.json")) == original)
            let index = try Fixture.read(root.appending("textEncoder/model.safetensors.index.json"))
            #expect(
                try ShardIndex(parsing: index).files == [
                    "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                ]
            )
            let again = try CheckpointOpener.open(root, position: 0)
            #expect(Set(again.catalog.entries.map(\.name)) == Set(window.newest.catalog.entries.map(\.name)))
            let top = try SafetensorsSample(Fixture.read(root.appending("model-00001-of-00001.safetensors")))
            #expect(try top.bytes(of: "camelCase.runningMean") == SyntheticTensor("", [15, 15]).bytes)
        }
    }

    /// A directory whose own model is safetensors and whose sub-directory holds two shards of torch.save.
    private func makeMixed(_ path: FilePath, value: Float) throws -> Checkpoint {
        let shard = SyntheticTensor.file([SyntheticTensor("camelCase.runningMean", [value, value])])
        let source = try TorchWindow("hf_bin_sharded").newest
        try Publication.makeDirectories(path.appending("textEncoder"))
        try Fixture.write(shard, to: path.appending("model-00001-of-00001.safetensors"))
        let index = #"{"weight_map": {"camelCase.runningMean": "model-00001-of-00001.safetensors"}}"#
        try Fixture.write(Array(index.utf8), to: path.appending("model.safetensors.index.json"))
        for name in [
            "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json",
        ] {
            try Publication.copyFile(source.appending(name), to: path.appending("textEncoder").appending(name))
        }
        return try CheckpointOpener.open(path, position: 0)
    }

    @Test("an index leaves out what lies in another directory")
    func subdirectories() throws {
        try withTemporaryDirectory { directory in
            let source = try TorchWindow("hf_bin_sharded")
            let names = [
                "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json",
            ]
            let members = try [10, 20].map { step in
                let path = directory.appending("checkpoint-\(step)")
                for place in [path, path.appending("sub")] {
                    try Publication.makeDirectories(place)
                    for name in names {
                        let file = source.directory.appending("run/checkpoint-\(step)/\(name)")
                        try Publication.copyFile(file, to: place.appending(name))
                    }
                }
                return try CheckpointOpener.open(path, position: 0)
            }
            let window = try #require(CheckpointWindow(members: members))
            let staged = try StagedAverage.export(try window.plan(), in: directory)
            let opened = try CheckpointOpener.open(staged.directory.appending("checkpoint-20"), position: 0)
            #expect(Set(opened.catalog.entries.map(\.name)) == Set(window.newest.catalog.entries.map(\.name)))
            let indexes = try ["", "sub/"].map { place in
                try Fixture.read(opened.candidate.path.appending(place + "model.safetensors.index.json"))
            }
            #expect(indexes[0] == indexes[1])
        }
    }

    @Test("what is called safetensors and is none is replaced under its name; an index keeps names as they are")
    func sameName() throws {
        try withTemporaryDirectory { directory in
            let source = try TorchWindow("tied")
            let members = try ["ckpt_1.pt", "ckpt_2.pt"].enumerated().map { index, name in
                let path = directory.appending("step_\(index).safetensors")
                try Publication.copyFile(source.directory.appending("run/\(name)"), to: path)
                return try CheckpointOpener.open(path, position: 0)
            }
            let window = try #require(CheckpointWindow(members: members))
            let staged = try StagedAverage.export(try window.plan(), in: directory)
            #expect(
                try DirectoryListing.entries(of: staged.directory).map(\.name)
                    == ["step_1.safetensors", "step_1.safetensors.lawa.json"]
            )
            _ = try SafetensorsSample(Fixture.read(staged.directory.appending("step_1.safetensors")))
        }
    }

    @Test("safetensors stay byte for byte what they are in their own format")
    func notNeeded() throws {
        try withTemporaryDirectory { directory in
            let window = try SyntheticMember.window([.floats([1, 2]), .floats([3, 6])], in: directory)
            #expect(!SafetensorsExport.isNeeded(for: window.newest))
            let staged = try StagedAverage.export(try window.plan(), in: directory)
            #expect(staged.manifest.format == .safetensors)
            let path = staged.directory.appending("checkpoint-20/model.safetensors")
            #expect(try Fixture.read(path) == SyntheticMember.floats([2, 4]).bytes("model.safetensors"))
        }
    }

    @Test("tensors are kept by the rule of the reference")
    func kept() throws {
        typealias Sample = CatalogSample
        let exported = ExportedTensors(
            try Sample.catalog([
                [
                    Sample.tensor("b.tied", 0..<8), Sample.tensor("a.tied", 0..<8), Sample.tensor("part", 4..<8),
                    Sample.tensor("lo", 100..<112), Sample.tensor("hi", 108..<116),
                    Sample.tensor("row", 200..<216, shape: [2, 2]),
                    Sample.tensor("column", 200..<216, shape: [2, 2], strides: [1, 2]),
                    Sample.tensor("u8", 300..<304, type: .u8), Sample.tensor("f8", 300..<304, type: .f8E4M3),
                    Sample.tensor("wide", 400..<408, type: .f64), Sample.tensor("n", 408..<416, type: .i64),
                ],
                [Sample.tensor("other", 0..<8), Sample.tensor("another", 0..<8)],
            ]),
            file: 0
        )
        #expect(
            exported.kept.map(\.name)
                == ["n", "wide", "a.tied", "column", "hi", "lo", "row", "f8"]
        )
        #expect(exported.aliases.map(\.key) == ["b.tied", "part", "u8"])
        #expect(exported.aliases.map(\.value) == ["a.tied", "a.tied", "f8"])
    }
}
