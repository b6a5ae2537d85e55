import Averaging
import FoundationEssentials
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

extension LawaCommandTests {
    @Test(
        arguments: RunFixture.names,
        [
            [], ["--threads", "7"], ["--json"], ["--quiet", "--io", "direct"], ["--io", "read", "--read-rate", "1GiB"],
        ]
    )
    func averagesARunToTheBit(name: String, options: [String]) async throws {
        let fixture = try RunFixture(name)
        let directory = try TemporaryDirectory()
        try RunFixture.copy("\(name)/run", to: directory.path.appending("run"))
        let before = try TreeSnapshot(directory.path.appending("run"))
        let output = directory.path.appending("average")
        let run = try await LawaRun.lawa(
            ["average", directory.path.appending("run").string, "--output", output.string] + options
        )
        #expect(run.code == 0)
        #expect(run.complaint.isEmpty)
        for weights in fixture.expectation.weights {
            #expect(try Fixture.read(output.appending(weights.file)) == fixture.averagedBytes(of: weights))
        }
        let companions = fixture.expectation.required.filter { !$0.hasSuffix(".safetensors") }
        for companion in companions {
            #expect(try Fixture.read(output.appending(companion)) == fixture.newestBytes(companion))
        }
        // No optimizer.pt, no trainer_state.json: an average cannot be resumed from.
        let expected = Set(fixture.expectation.weights.map(\.file) + companions + ["lawa.json"])
        #expect(try Set(DirectoryListing.entries(of: output).map(\.name)) == expected)
        #expect(try TreeSnapshot(directory.path.appending("run")) == before)
        #expect(try DirectoryListing.entries(of: directory.path).map(\.name) == ["average", "run"])
    }

    @Test func oneLineSaysWhatWasWritten() async throws {
        let directory = try TemporaryDirectory()
        let run = try await average("hf-trainer", in: directory.path, [])
        #expect(run.output.hasPrefix("wrote \"\(directory.path)/average\": average of 5 checkpoints "))
        #expect(run.output.contains("(checkpoint-10 to checkpoint-30), 418.6 KiB read in "))
        #expect(run.output.split(separator: "\n").count == 1)
        let quiet = try TemporaryDirectory()
        #expect(try await average("hf-trainer", in: quiet.path, ["--quiet"]).output.isEmpty)
    }

    @Test func jsonIsTheManifestAndThePath() async throws {
        struct Path: Decodable { let path: String }
        let directory = try TemporaryDirectory()
        let run = try await average("peft-lora", in: directory.path, ["--json", "--last", "2"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let told = try decoder.decode(AverageManifest.self, from: Data(run.output.utf8))
        #expect(try decoder.decode(Path.self, from: Data(run.output.utf8)).path == "\(directory.path)/average")
        #expect(try ManifestFile.read(directory.path.appending("average/lawa.json")) == told)
        #expect(told.members.map(\.name) == ["checkpoint-25", "checkpoint-30"])
        #expect(told.program.hasPrefix("lawa "))
    }

    /// Names tell the order where all have a step, however they are given; the newest gives its companions.
    @Test func membersAreOrderedByStep() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-trainer/run", to: directory.path.appending("run"))
        let paths = ["30", "10", "20"].map { "\(directory.path)/run/checkpoint-\($0)" }
        let named = try await LawaRun.lawa(["average", "--output", "\(directory.path)/a", "--json"] + paths)
        #expect(try members(named) == ["checkpoint-10", "checkpoint-20", "checkpoint-30"])
        try Publication.publish(staged: FilePath(paths[1]), as: directory.path.appending("run/best"))
        let unnamed = try await LawaRun.lawa(
            "average",
            paths[0],
            "\(directory.path)/run/best",
            "--output",
            "\(directory.path)/b",
            "--json"
        )
        #expect(try members(unnamed) == ["checkpoint-30", "best"])
    }

    @Test func anAverageCanBeAveragedAgain() async throws {
        let directory = try TemporaryDirectory()
        _ = try await average("hf-trainer", in: directory.path, [])
        let again = try await LawaRun.lawa(
            "average",
            "\(directory.path)/run/checkpoint-10",
            "\(directory.path)/average",
            "--output",
            "\(directory.path)/again",
            "--json"
        )
        #expect(try members(again) == ["checkpoint-10", "average"])
    }

    @Test func filesGoIntoADirectoryWithTheirManifest() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("bad/windows/control", to: directory.path.appending("run"))
        try Publication.makeDirectories(directory.path.appending("out"))
        let arguments = ["average", "\(directory.path)/run", "--output", "\(directory.path)/out"]
        #expect(try await LawaRun.lawa(arguments).code == 0)
        let names = ["step_5.safetensors", "step_5.safetensors.lawa.json"]
        #expect(try DirectoryListing.entries(of: directory.path.appending("out")).map(\.name) == names)
        let again = try await LawaRun.lawa(arguments)
        #expect(again.code == 73)
        #expect(again.complains(of: ["\(directory.path)/out/step_5.safetensors", "--output"]))
    }

    @Test func oneCheckpointIsCopiedAndSaidSo() async throws {
        let directory = try TemporaryDirectory()
        let run = try await average("hf-trainer", in: directory.path, ["--last", "1"])
        #expect(run.code == 0)
        #expect(run.complains(of: ["only one checkpoint"]))
        let weights = "model.safetensors"
        let copy = try Fixture.read(directory.path.appending("average/\(weights)"))
        #expect(try copy == RunFixture("hf-trainer").newestBytes(weights))
    }

    @Test func patternsLimitWhatIsAveraged() async throws {
        let directory = try TemporaryDirectory()
        let run = try await average("hf-trainer", in: directory.path, ["--json", "--exclude", "lm_head*"])
        #expect(run.code == 0)
        let newest = try RunFixture("hf-trainer").newestBytes("model.safetensors")
        let bytes = try Fixture.read(directory.path.appending("average/model.safetensors"))
        let spans = try RunFixture.spans(newest)
        let (kept, changed) = (try #require(spans["lm_head.weight"]), try #require(spans["model.embed_tokens.weight"]))
        #expect(bytes[kept] == newest[kept])
        #expect(bytes[changed] != newest[changed])
    }

    private func average(_ name: String, in directory: FilePath, _ options: [String]) async throws -> LawaRun {
        try RunFixture.copy("\(name)/run", to: directory.appending("run"))
        return try await LawaRun.lawa(["average", "\(directory)/run", "--output", "\(directory)/average"] + options)
    }

    private func members(_ run: LawaRun) throws -> [String] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(AverageManifest.self, from: Data(run.output.utf8)).members.map(\.name)
    }
}
