import FoundationEssentials
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

extension LawaCommandTests {
    private struct Inspected: Decodable {
        struct Tensor: Decodable { let name, type: String }
        struct Tally: Decodable {
            struct Averaged: Decodable { let count, elements, bytes: Int }
            struct Copied: Decodable { let name, reason: String }
            let averaged: Averaged
            let copied: [Copied]
        }
        struct Average: Decodable { let name: String }

        let kind, format, unit: String
        let layout: String?
        let step: Int?
        let tensors: [Tensor]
        let tally: Tally
        let average: Average?
    }

    private struct InspectedRun: Decodable {
        struct Entry: Decodable {
            let step: Int
            let complete: Bool
            let reason: String?
        }

        let kind, layout: String
        let checkpoints: [Entry]
    }

    @Test(arguments: RunFixture.names)
    func anAverageIsReadBack(name: String) async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("\(name)/run", to: directory.path.appending("run"))
        let output = "\(directory.path)/average"
        #expect(try await LawaRun.lawa("average", "\(directory.path)/run", "--output", output).code == 0)
        let inspected = try decode(Inspected.self, try await LawaRun.lawa("inspect", output, "--json"))
        let newest = "\(directory.path)/run/checkpoint-30"
        let original = try decode(Inspected.self, try await LawaRun.lawa("inspect", newest, "--json"))
        #expect(inspected.kind == "average")
        #expect(inspected.average?.name == "checkpoint-30")
        #expect(inspected.step == 30 && original.step == 30)
        #expect(original.kind == "checkpoint")
        #expect(original.average == nil)
        #expect(original.layout == "huggingface")
        #expect(inspected.tensors.map(\.name) == original.tensors.map(\.name))
        #expect(inspected.tensors.map(\.type) == original.tensors.map(\.type))
        #expect(inspected.tally.averaged.count == original.tensors.count)
        #expect(inspected.tally.copied.isEmpty)
        let text = try await LawaRun.lawa("inspect", output)
        #expect(text.output.contains("\(directory.path)/run/checkpoint-10"))
        #expect(original.tensors.allSatisfy { text.output.contains($0.name) })
    }

    @Test func aFileOfIntegersWouldBeCopied() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("c.safetensors", bytes: ManyTensors.bytes(names: ["a", "b"], type: .i64))
        let inspected = try decode(Inspected.self, try await LawaRun.lawa("inspect", file.string, "--json"))
        #expect(inspected.tally.averaged.count == 0)
        #expect(inspected.tally.copied.map(\.reason) == ["not_floating_point", "not_floating_point"])
        #expect(inspected.unit == "file")
        #expect(inspected.step == nil)
    }

    @Test func aRunListsWhatIsWhole() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-sharded/run", to: directory.path)
        try Publication.removeTree(directory.path.appending("checkpoint-30/trainer_state.json"))
        try Publication.removeTree(directory.path.appending("checkpoint-20/model-00002-of-00004.safetensors"))
        let run = try decode(InspectedRun.self, try await LawaRun.lawa("inspect", directory.path.string, "--json"))
        #expect(run.kind == "run")
        #expect(run.layout == "huggingface")
        #expect(run.checkpoints.map(\.step) == [10, 15, 20, 25, 30])
        #expect(run.checkpoints.map(\.complete) == [true, true, false, true, false])
        #expect(run.checkpoints[2].reason?.contains("model-00002-of-00004.safetensors") == true)
        #expect(run.checkpoints[4].reason?.contains("trainer_state.json") == true)
        let text = try await LawaRun.lawa("inspect", directory.path.string).output
        #expect(text.contains("5 checkpoints, 3 complete"))
    }

    /// A tensor's name may hold anything, also what a terminal would obey.
    @Test func namesCannotCommandTheTerminal() async throws {
        let directory = try TemporaryDirectory()
        let name = "w\u{1B}[2J\u{202E}\n\u{9B}x"
        let file = try directory.file("c.safetensors", bytes: ManyTensors.bytes(names: [name]))
        let run = try await LawaRun.lawa("inspect", file.string)
        #expect(run.code == 0)
        #expect(run.output.contains("w\\u{1b}[2J\\u{202e}\\u{a}\\u{9b}x"))
        #expect(run.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x9B })
        let other = try directory.file("d.safetensors", bytes: ManyTensors.bytes(names: ["w"]))
        let refused = try await LawaRun.lawa("plan", file.string, other.string)
        #expect(refused.code == 65)
        #expect(refused.complains(of: ["\\u{1b}", "\\u{a}"]))
    }

    @Test(arguments: [("c.safetensors", [UInt8](repeating: 7, count: 40)), ("c.safetensors", [])])
    func whatIsNoCheckpoint(name: String, bytes: [UInt8]) async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file(name, bytes: bytes)
        let run = try await LawaRun.lawa("inspect", file.string, "--json")
        #expect(run.code == 65)
        #expect(run.output.isEmpty)
        #expect(run.complains(of: [file.string]))
    }

    @Test func aPlanTellsMembersAndBytes() async throws {
        struct Planned: Decodable {
            struct Member: Decodable {
                let name: String
                let coefficient: Double
            }
            let members: [Member]
            let bytesToRead, bytesToWrite: Int
        }
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-trainer/run", to: directory.path)
        let before = try TreeSnapshot(directory.path)
        let run = try await LawaRun.lawa("plan", directory.path.string, "--last", "4", "--json")
        let plan = try decode(Planned.self, run)
        #expect(plan.members.map(\.name) == ["checkpoint-15", "checkpoint-20", "checkpoint-25", "checkpoint-30"])
        #expect(plan.members.map(\.coefficient) == [0.25, 0.25, 0.25, 0.25])
        #expect(plan.bytesToRead == 4 * 85_720)
        #expect(plan.bytesToWrite == 85_720 + 717 + 195)
        #expect(try TreeSnapshot(directory.path) == before)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ run: LawaRun) throws -> Value {
        #expect(run.code == 0, "\(run.complaint)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(run.output.utf8))
    }
}
