import LinuxSystem
import SystemPackage
import TestSupport
import Testing

extension LawaCommandTests {
    /// A window or a checkpoint that is not what it should be, the exit code, and what the message must name.
    struct BadCase: CustomTestStringConvertible {
        let path: String
        let code: Int32
        let texts: [String]

        var testDescription: String { path }
    }

    static let badCases = [
        BadCase(path: "windows/control", code: 0, texts: []),
        BadCase(path: "windows/nan", code: 65, texts: ["\"step_3.safetensors\"", "tensor \"w\"", "NaN"]),
        BadCase(path: "windows/inf", code: 65, texts: ["\"step_2.safetensors\"", "tensor \"h\"", "infinite"]),
        BadCase(path: "windows/inf_everywhere", code: 0, texts: []),
        BadCase(path: "windows/shape", code: 65, texts: ["\"step_2.safetensors\"", "[8, 3]", "[6, 4]"]),
        BadCase(path: "windows/transposed", code: 65, texts: ["\"step_4.safetensors\"", "[4, 6]", "[6, 4]"]),
        BadCase(path: "windows/missing_key", code: 65, texts: ["\"step_1.safetensors\" lacks \"h\""]),
        BadCase(path: "windows/extra_key", code: 65, texts: ["lacks", "\"step_5.safetensors\""]),
        BadCase(path: "windows/dtype", code: 65, texts: ["\"w\" is BF16 in \"step_2.safetensors\"", "F32"]),
        BadCase(path: "windows/int_shape", code: 0, texts: []),
        BadCase(path: "windows/pt_nan", code: 65, texts: ["\"step_1.pt\"", "tensor \"w\"", "NaN"]),
        BadCase(path: "windows/pt_shape", code: 65, texts: ["\"step_3.pt\"", "[5, 4]", "[6, 4]"]),
        BadCase(path: "index/control", code: 0, texts: []),
        BadCase(path: "index/missing_shard", code: 75, texts: ["\"model-00002-of-00002.safetensors\"", "try again"]),
        BadCase(path: "index/wrong_shard", code: 65, texts: ["model.safetensors.index.json", "tensor"]),
        BadCase(path: "index/traversal", code: 65, texts: ["model.safetensors.index.json", ".."]),
        BadCase(path: "index/not_json", code: 65, texts: ["model.safetensors.index.json", "malformed", "line 1"]),
    ]

    @Test(arguments: badCases, [[], ["--json"]])
    func badInput(bad: BadCase, options: [String]) async throws {
        let directory = try TemporaryDirectory()
        let input = directory.path.appending("input")
        try RunFixture.copy("bad/\(bad.path)", to: input)
        let before = try TreeSnapshot(input)
        let run = try await LawaRun.lawa(
            ["average", input.string, "--output", "\(directory.path)/average"] + options
        )
        #expect(run.code == bad.code, "\(run.complaint)")
        #expect(try TreeSnapshot(input) == before)
        let names = try DirectoryListing.entries(of: directory.path).map(\.name)
        if bad.code == 0 {
            #expect(names.contains("average"))
        } else {
            #expect(names == ["input"])
            #expect(run.output.isEmpty)
            #expect(run.complains(of: bad.texts), "\(run.complaint)")
        }
    }

    /// What headers tell is refused by the plan already, with the same code and message.
    @Test(arguments: badCases)
    func badInputIsRefusedByThePlan(bad: BadCase) async throws {
        let directory = try TemporaryDirectory()
        let input = directory.path.appending("input")
        try RunFixture.copy("bad/\(bad.path)", to: input)
        let run = try await LawaRun.lawa("plan", input.string)
        // Values are not looked at.
        let isOfValues = ["windows/nan", "windows/inf", "windows/pt_nan"].contains(bad.path)
        #expect(run.code == (isOfValues ? 0 : bad.code))
        #expect(run.code == 0 || run.complains(of: bad.texts))
    }

    /// An infinity that all members share stays where it is and goes nowhere else.
    @Test func sharedInfinityStays() async throws {
        let directory = try TemporaryDirectory()
        let input = directory.path.appending("input")
        try RunFixture.copy("bad/windows/inf_everywhere", to: input)
        let output = directory.path.appending("average.safetensors")
        #expect(try await LawaRun.lawa("average", input.string, "--output", output.string).code == 0)
        let newest = try floats("w", in: input.appending("step_5.safetensors"))
        let average = try floats("w", in: output)
        #expect(average.contains(-.infinity))
        #expect(average.map(\.isFinite) == newest.map(\.isFinite))
        #expect(average != newest)
    }

    @Test func inputsThatDoNotGoTogether() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-trainer/run", to: directory.path.appending("run"))
        try RunFixture.copy("bad/windows/control", to: directory.path.appending("files"))
        try Publication.makeDirectories(directory.path.appending("empty"))
        let newest = "\(directory.path)/run/checkpoint-30"
        let file = "\(directory.path)/files/step_1.safetensors"
        let table: [(inputs: [String], code: Int32, text: String)] = [
            ([newest, file], 64, "either files or directories"), ([newest, newest], 65, "same file"),
            (["\(directory.path)/run", newest], 64, "give it alone"),
            ([newest, "\(directory.path)/files"], 64, "give it alone"),
            ([newest, "\(directory.path)/nowhere"], 65, "nowhere"),
            (["/dev/null"], 65, "/dev/null"), (["\(directory.path)/empty"], 65, "no file with weights"),
        ]
        for (inputs, code, text) in table {
            let run = try await LawaRun.lawa(["average"] + inputs + ["--output", "\(directory.path)/average"])
            #expect(run.code == code, "\(inputs)")
            #expect(run.complains(of: [text]), "\(run.complaint)")
        }
        #expect(try DirectoryListing.entries(of: directory.path).map(\.name) == ["empty", "files", "run"])
    }

    @Test func anOutputThatIsInTheWayStays() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-trainer/run", to: directory.path.appending("run"))
        try directory.file("taken/note.txt", bytes: [1])
        try directory.file("file", bytes: [2])
        try Publication.replaceSymlink(at: directory.path.appending("dangling"), target: "nowhere")
        let before = try TreeSnapshot(directory.path)
        for name in ["taken", "file", "dangling", "file/below", "missing/below", "run/checkpoint-30", ".", "run"] {
            let output = directory.path.appending(name)
            let run = try await LawaRun.lawa("average", "\(directory.path)/run", "--output", output.string)
            #expect(run.code == 73, "\(name)")
            #expect(run.complains(of: ["cannot write", "--output"]), "\(run.complaint)")
        }
        #expect(try TreeSnapshot(directory.path) == before)
    }

    private func floats(_ tensor: String, in path: FilePath) throws -> [Float] {
        let bytes = try Fixture.read(path)
        let range = try #require(RunFixture.spans(bytes)[tensor])
        return stride(from: range.lowerBound, to: range.upperBound, by: 4).map { offset in
            Float(bitPattern: bytes[offset..<(offset + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }
}
