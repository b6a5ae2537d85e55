import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct ManifestTests {
    static func manifest(name: String = "checkpoint-20", step: Int = 20) -> AverageManifest {
        let file = AverageManifest.FileRecord(path: "m", size: 3, mtimeNs: 1_700_000_000_000_000_001, checksum: "c")
        return AverageManifest(
            version: 1,
            recipe: "lawa",
            window: "last 2",
            weighting: .uniform,
            name: name,
            step: step,
            members: [AverageManifest.Member(name: name, step: step, path: "/a/b", coefficient: 0.2, files: [file])],
            tensors: AverageManifest.Tensors(
                averaged: AverageManifest.Averaged(count: 1, elements: 2, bytes: 8),
                copied: [AverageManifest.Copied(name: "n/\"é\u{1}", reason: .notFloatingPoint)]
            ),
            rounding: AverageManifest.roundingRule,
            diagnostics: AverageManifest.Diagnostics(effectiveMembers: 5, meanAgeSteps: 12.5),
            files: [AverageManifest.FileRecord(path: "m", size: 3, mtimeNs: nil, checksum: "d")],
            bytesRead: 4,
            bytesWritten: 5,
            seconds: 0.25,
            created: "2025-01-02T03:04:05Z",
            program: "lawad 1"
        )
    }

    @Test("a manifest reads back as it was")
    func roundTrip() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lawa.json")
            try Fixture.write(ManifestFile.encode(Self.manifest()), to: path)
            #expect(try ManifestFile.read(path) == Self.manifest())
        }
    }

    @Test("every manifest has the keys that an average is recognised by")
    func sign() throws {
        let bytes = try ManifestFile.encode(Self.manifest())
        let manifest = try JSONValue.parse(bytes)
        #expect(AverageSign.keys.isSubset(of: keys(manifest)))
        #expect(AverageManifest.fileSuffix == ".lawa.json" && AverageManifest.fileName == "lawa.json")
    }

    private func keys(_ value: JSONValue?) -> [String] {
        (value?.members ?? []).map(\.key).sorted()
    }

    @Test("the keys of version 1")
    func keys() throws {
        let bytes = try ManifestFile.encode(Self.manifest())
        let json = try JSONValue.parse(bytes)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(
            keys(json) == [
                "bytes_read", "bytes_written", "created", "diagnostics", "files", "members", "name", "program",
                "recipe",
                "rounding", "seconds", "step", "tensors", "version", "weighting", "window",
            ]
        )
        let member = json["members"]?.arrayValue?.first
        #expect(keys(member) == ["coefficient", "files", "name", "path", "step"])
        #expect(keys(member?["files"]?.arrayValue?.first) == ["checksum", "mtime_ns", "path", "size"])
        #expect(member?["files"]?.arrayValue?.first?["mtime_ns"]?.integerValue == 1_700_000_000_000_000_001)
        #expect(keys(json["files"]?.arrayValue?.first) == ["checksum", "path", "size"])
        #expect(keys(json["tensors"]) == ["averaged", "copied"])
        #expect(keys(json["tensors"]?["averaged"]) == ["bytes", "count", "elements"])
        let copied = json["tensors"]?["copied"]?.arrayValue?.first
        #expect(keys(copied) == ["name", "reason"])
        #expect(copied?["reason"]?.stringValue == "not_floating_point")
        #expect(copied?["name"]?.stringValue == "n/\"é\u{1}")
        #expect(keys(json["diagnostics"]) == ["effective_members", "mean_age_steps"])
        #expect(json["weighting"]?.stringValue == "uniform")
    }

    @Test("reasons as they are written", arguments: CopyReason.allCases)
    func reasons(reason: CopyReason) {
        let texts: [CopyReason: String] = [
            .notFloatingPoint: "not_floating_point", .quantized: "quantized", .excluded: "excluded",
            .batchNorm: "batch_norm", .sharesBytes: "shares_bytes", .opaque: "opaque", .scattered: "scattered",
            .identical: "identical",
        ]
        #expect(reason.rawValue == texts[reason])
    }

    private func problem(_ bytes: [UInt8]) throws -> String? {
        try withTemporaryDirectory { directory in
            let path = directory.appending("lawa.json")
            try Fixture.write(bytes, to: path)
            let error = #expect(throws: ManifestError.self) { try ManifestFile.read(path) }
            #expect(error.map { "\($0)" } == error.map { "the manifest \"\(path)\" cannot be used: \($0.problem)" })
            return error?.problem
        }
    }

    @Test("another version is told as such, whatever else it says", arguments: [0, 2, 1000])
    func otherVersion(version: Int) throws {
        var manifest = Self.manifest()
        manifest.version = version
        #expect(try problem(ManifestFile.encode(manifest)) == "it has version \(version), known is 1")
        #expect(
            try problem(Array(#"{"version": \#(version), "weighting": "new"}"#.utf8))
                == "it has version \(version), known is 1"
        )
    }

    @Test("what is no manifest", arguments: ["", "{", "{}", "[]", "null", #"{"version": 1}"#, #"{"version": "1"}"#])
    func malformed(text: String) throws {
        #expect(try problem(Array(text.utf8))?.hasPrefix("it does not parse as one (") == true)
    }

    @Test("a step that no checkpoint has", arguments: [-1, Int.min])
    func impossibleStep(step: Int) throws {
        #expect(try problem(ManifestFile.encode(Self.manifest(step: step))) == "it has step \(step)")
    }

    @Test("a sequence that no average has", arguments: [0, -1, Int.min, (1 << 53) + 1, Int.max])
    func impossibleSequence(sequence: Int) throws {
        var manifest = Self.manifest()
        manifest.sequence = sequence
        #expect(try problem(ManifestFile.encode(manifest)) == "it has sequence \(sequence)")
    }

    @Test("sizes whose sum no number holds", arguments: [[-1], [Int.max], [1 << 50, 1], [1, Int.max]])
    func impossibleSizes(sizes: [Int]) throws {
        let records = sizes.map { AverageManifest.FileRecord(path: "m", size: $0, mtimeNs: nil, checksum: "d") }
        var own = Self.manifest()
        own.files = records
        var members = Self.manifest()
        members.members[0].files = records
        for manifest in [own, members] {
            #expect(try problem(ManifestFile.encode(manifest))?.contains("the limit for all files is 2^50 (") == true)
        }
    }

    @Test("the highest sequence is followed by itself")
    func highestSequence() throws {
        var manifest = Self.manifest()
        manifest.sequence = AverageManifest.highestSequence
        #expect([PublishedAverage(path: "/a", manifest: manifest)].nextSequence == AverageManifest.highestSequence)
    }

    @Test("a manifest of another person's making that is no file")
    func directory() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: ManifestError.self) { try ManifestFile.read(directory) }
            #expect(throws: SystemCallError.self) { try ManifestFile.read(directory.appending("nothing")) }
        }
    }

    @Test("an average ends at this very version of a checkpoint, or its pin")
    func ends() throws {
        try withTemporaryDirectory { directory in
            let window = try SyntheticMember.window([.floats([1]), .floats([2])], in: directory)
            let manifest = try StagedAverage.make(
                try window.plan(),
                in: directory.appending("staged"),
                outputName: "x",
                averager: Averager(limits: EngineLimits(threads: 1)),
                control: AveragingControl(),
                program: "test"
            ).manifest
            #expect(manifest.ends(at: window.newest))
            #expect(!manifest.ends(at: window.members[0]))
            let place = OwnPlace(root: directory)
            let pins = PinStore(
                pins: place.place("pins"),
                records: place.place("pin-records"),
                staging: place.place("scratch"),
                method: .hardlink
            )
            let checkpoint = try Self.inspect(window.newest)
            let pin = try #require(
                try pins.pin(checkpoint, inspector: CheckpointInspector(layout: HuggingFaceLayout()))
            ).checkpoint
            #expect(manifest.ends(at: pin))
            let again = try SyntheticMember.floats([2]).write(to: window.newest.candidate.path)
            #expect(!manifest.ends(at: again), "it was saved again")
            var nobody = manifest
            nobody.members = []
            #expect(!nobody.ends(at: window.newest))
        }
    }

    /// The checkpoint as the trainer's layout sees it, marker included.
    private static func inspect(_ checkpoint: Checkpoint) throws -> Checkpoint {
        try Fixture.write(Array("{}".utf8), to: checkpoint.candidate.path.appending("trainer_state.json"))
        return try CheckpointInspector(layout: HuggingFaceLayout())
            .inspect(checkpoint.candidate, files: CandidateFiles(of: checkpoint.candidate)).get()
    }
}
