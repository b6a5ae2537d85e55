import Averaging
import Checkpoints
import FoundationEssentials
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct StagedAverageTests {
    /// Two members of one tensor each, the files 0600 as safetensors leaves them.
    private func window(_ directory: FilePath) throws -> CheckpointWindow {
        let window = try SyntheticMember.window([.floats([1, 2]), .floats([3, 6])], in: directory)
        let path = window.newest.candidate.path
        for name in ["config.json", "README.md"] { try Fixture.write(Array("{}".utf8), to: path.appending(name)) }
        for (name, bytes) in [("optimizer.pt", [1]), ("trainer_state.json", Array("{}".utf8)), ("sub/a.json", [2])] {
            try Publication.makeDirectories(path.pushing(FilePath(name)).removingLastComponent())
            try Fixture.write(bytes, to: path.pushing(FilePath(name)))
        }
        let checkpoints = try window.members.map { try CheckpointOpener.open($0.candidate.path, position: 0) }
        return try #require(CheckpointWindow(members: checkpoints))
    }

    private func make(_ window: CheckpointWindow, _ directory: FilePath, name: String) throws -> StagedAverage {
        try StagedAverage.make(
            try window.plan(),
            in: directory,
            outputName: name,
            averager: Averager(limits: EngineLimits(threads: 1)),
            control: AveragingControl(),
            program: "lawad 1.2.3"
        )
    }

    @Test("weights, what makes them loadable, and the manifest; no trainer state")
    func directory() throws {
        try withTemporaryDirectory { directory in
            let window = try window(directory)
            let staged = try make(window, directory.appending("staged"), name: "checkpoint-20")
            #expect(staged.directory == directory.appending("staged"))
            let root = directory.appending("staged").appending("checkpoint-20")
            #expect(
                try DirectoryListing.entries(of: root).map(\.name)
                    == ["README.md", "config.json", "lawa.json", "model.safetensors", "sub"]
            )
            #expect(try Fixture.read(root.appending("sub").appending("a.json")) == [2])
            #expect(
                try Fixture.read(root.appending("model.safetensors"))
                    == SyntheticMember.floats([2, 4]).bytes("model.safetensors")
            )
            #expect(try ManifestFile.read(root.appending("lawa.json")) == staged.manifest)
        }
    }

    @Test("what the trainer saved for itself alone stays private")
    func modes() throws {
        try withTemporaryDirectory { directory in
            let window = try window(directory)
            let path = window.newest.candidate.path
            for name in ["model.safetensors", "config.json"] {
                let bytes = try Fixture.read(path.appending(name))
                try Publication.removeTree(path.appending(name))
                let file = try File.create(path.appending(name), mode: 0o600)
                try bytes.withUnsafeBytes { try file.write($0, at: 0) }
            }
            let members = [window.members[0], try CheckpointOpener.open(path, position: 0)]
            let closed = try #require(CheckpointWindow(members: members))
            _ = try make(closed, directory.appending("staged"), name: "x")
            let root = directory.appending("staged").appending("x")
            for name in ["model.safetensors", "config.json", "lawa.json"] {
                #expect(try FileStatus.of(root.appending(name)).mode == 0o600)
            }
            #expect(try FileStatus.of(root).mode == 0o700)
            #expect(try FileStatus.of(path.appending("model.safetensors")).mode == 0o600)
        }
    }

    @Test("an average of a single file, under another name, with its manifest beside it")
    func file() throws {
        try withTemporaryDirectory { directory in
            let members = try [Float(1), 3].map { value in
                let path = directory.appending("step_\(Int(value)).safetensors")
                try Fixture.write(SyntheticTensor.file([SyntheticTensor("w", [value, 2 * value])]), to: path)
                return try CheckpointOpener.open(path, position: 0)
            }
            let window = try #require(CheckpointWindow(members: members))
            for name in ["step_3.safetensors", "mean.safetensors"] {
                let staged = try make(window, directory.appending("staged"), name: name)
                #expect(
                    try DirectoryListing.entries(of: staged.directory).map(\.name) == [name, "\(name).lawa.json"]
                )
                #expect(
                    try Fixture.read(staged.directory.appending(name))
                        == SyntheticTensor.file([SyntheticTensor("w", [2, 4])])
                )
            }
        }
    }

    @Test("averages can be averaged; the manifest is the new one")
    func averageOfAverages() throws {
        try withTemporaryDirectory { directory in
            let window = try window(directory)
            let averages = try ["first", "second"].map { name in
                let staged = try make(window, directory.appending(name), name: name)
                return try CheckpointOpener.open(staged.directory.appending(name), position: 1)
            }
            let again = try #require(CheckpointWindow(members: averages))
            let staged = try make(again, directory.appending("again"), name: "third")
            let manifest = try ManifestFile.read(directory.appending("again").appending("third").appending("lawa.json"))
            #expect(manifest == staged.manifest)
            #expect(manifest.members.map(\.name) == ["first", "second"])
        }
    }

    @Test("the place is emptied first")
    func leftovers() throws {
        try withTemporaryDirectory { directory in
            try Publication.makeDirectories(directory.appending("staged").appending("checkpoint-20"))
            try Fixture.write([1], to: directory.appending("staged").appending("checkpoint-20").appending("stale"))
            let staged = try make(try window(directory), directory.appending("staged"), name: "checkpoint-20")
            let names = try DirectoryListing.entries(of: staged.directory.appending("checkpoint-20")).map(\.name)
            #expect(!names.contains("stale"))
        }
    }

    @Test("a companion that went away gives no average and leaves nothing behind")
    func missingCompanion() throws {
        try withTemporaryDirectory { directory in
            let window = try window(directory)
            try Publication.removeTree(window.newest.candidate.path.appending("README.md"))
            let error = #expect(throws: AveragingError.self) {
                try make(window, directory.appending("staged"), name: "x")
            }
            #expect(error?.isTransient == true)
            #expect(try FileStatus.ifPresent(directory.appending("staged")) == nil)
        }
    }

    @Test("the manifest says what was averaged, from what, and what came out")
    func manifest() throws {
        try withTemporaryDirectory { directory in
            let constant = SyntheticTensor("constant", [7])
            let integers = SyntheticTensor("n", .i64, [1], bytes: Array(1...8))
            let members = [[1, 2, 3], [4, 5, 6]].map {
                SyntheticMember([SyntheticTensor("w", $0), constant, integers, constant.renamed("skip")])
            }
            let window = try SyntheticMember.window(members, in: directory)
            let plan = try window.plan(filter: TensorFilter(exclude: ["skip"]))
            let manifest = try StagedAverage.make(
                plan,
                in: directory.appending("staged"),
                outputName: "checkpoint-20",
                averager: Averager(limits: EngineLimits(threads: 1)),
                control: AveragingControl(),
                program: "lawad 1.2.3"
            ).manifest
            #expect(manifest.version == 1)
            #expect(manifest.recipe == "lawa" && manifest.window == "last 2" && manifest.weighting == .uniform)
            #expect(manifest.name == "checkpoint-20" && manifest.step == 20)
            #expect(manifest.members.map(\.name) == ["checkpoint-10", "checkpoint-20"])
            #expect(manifest.members.map(\.step) == [10, 20])
            #expect(manifest.members.map(\.coefficient) == [0.5, 0.5])
            #expect(manifest.members.map(\.path) == window.members.map { $0.candidate.path.string })
            for (record, checkpoint) in zip(manifest.members, window.members) {
                let path = checkpoint.candidate.path.appending("model.safetensors")
                let bytes = try Fixture.read(path)
                let file = try #require(record.files.first)
                #expect(record.files.count == 1 && file.path == "model.safetensors" && file.size == bytes.count)
                #expect(file.mtimeNs == (try FileStatus.of(path).modificationTime))
                #expect(file.checksum == AverageCheck.checksum(bytes).text)
            }
            let averaged = manifest.tensors.averaged
            #expect([averaged.count, averaged.elements, averaged.bytes] == [1, 3, 12])
            #expect(manifest.tensors.copied.map(\.name) == ["constant", "n", "skip"])
            #expect(manifest.tensors.copied.map(\.reason) == [.identical, .notFloatingPoint, .excluded])
            #expect(manifest.diagnostics.effectiveMembers == 2)
            #expect(manifest.diagnostics.meanAgeSteps == 5)
            let output = directory.appending("staged").appending("checkpoint-20").appending("model.safetensors")
            #expect(manifest.files.map(\.path) == ["model.safetensors"])
            #expect(manifest.files.map(\.checksum) == [AverageCheck.checksum(try Fixture.read(output)).text])
            #expect(manifest.files.map(\.mtimeNs) == [nil])
            #expect(manifest.bytesRead == plan.bytesToRead && manifest.bytesWritten == plan.bytesToWrite)
            #expect(manifest.program == "lawad 1.2.3" && manifest.seconds > 0)
            #expect(try Date(manifest.created, strategy: .iso8601).timeIntervalSinceNow < 1)
        }
    }
}
