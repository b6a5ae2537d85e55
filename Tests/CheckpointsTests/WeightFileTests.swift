import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// Weight files that are cut, empty, growing or gone.
@Suite struct WeightFileTests {
    private func withSample(_ body: (CheckpointSample) throws -> Void) throws {
        try withTemporaryDirectory { try body(.whole($0.appending("checkpoint-10"))) }
    }

    @Test("a weight file cut at any length is no weight file")
    func everyCut() throws {
        try withSample { sample in
            let bytes = SampleTensor.file([SampleTensor("a"), SampleTensor("b", .bf16, [3])])
            for length in 0..<bytes.count {
                try sample.write("model.safetensors", Array(bytes[..<length]))
                guard case .failure(.invalidWeights(let file, _)) = sample.inspect() else {
                    Issue.record("\(length) bytes: \(sample.inspect())")
                    continue
                }
                #expect(file == "model.safetensors")
            }
            try sample.write("model.safetensors", bytes)
            #expect(try sample.inspect().get().catalog.count == 2)
            try sample.write("model.safetensors", bytes + [0])
            guard case .failure(.invalidWeights) = sample.inspect() else {
                Issue.record("trailing byte: \(sample.inspect())")
                return
            }
        }
    }

    @Test("the reason names the numbers")
    func cutMessage() throws {
        try withSample { sample in
            let bytes = SampleTensor.file([SampleTensor("w")])
            try sample.write("model.safetensors", Array(bytes.dropLast(5)))
            let problem = "tensor \"w\": ends at data byte 16, the file is cut short after 11 data bytes"
            sample.expect(
                .invalidWeights(file: "model.safetensors", problem: problem),
                "\"model.safetensors\" cannot be read as weights: \(problem)",
                isTransient: false
            )
        }
    }

    private func expectZeros(_ sample: CheckpointSample, sourceLocation: SourceLocation = #_sourceLocation) {
        sample.expect(
            .zeroPayload(file: "model.safetensors"),
            "\"model.safetensors\" has its full size but holds only zeros; it was given its size before its bytes",
            isTransient: true,
            sourceLocation: sourceLocation
        )
    }

    @Test("a file that has its size and its header but no bytes yet", arguments: [4, 5_000, 1_000_000])
    func extendedFirst(elements: Int) throws {
        try withSample { sample in
            let bytes = SampleTensor.file([SampleTensor("w", .f32, [elements])])
            try sample.write("model.safetensors", Array(bytes.dropLast(4 * elements)))
            try resize(sample.path.appending("model.safetensors"), to: bytes.count)
            expectZeros(sample)
        }
    }

    @Test("a file of which the last pages are still to come")
    func extendedHalf() throws {
        try withSample { sample in
            let bytes = SampleTensor.file([SampleTensor("w", .f32, [100_000])])
            try sample.write("model.safetensors", Array(bytes.prefix(200_000)))
            try resize(sample.path.appending("model.safetensors"), to: bytes.count)
            expectZeros(sample)
        }
    }

    @Test("zeros that were written are as bad", arguments: [1, 1024, 1025, 70_000])
    func writtenZeros(elements: Int) throws {
        try withSample { sample in
            var bytes = SampleTensor.file([SampleTensor("w", .f32, [elements])], filling: 0)
            try sample.write("model.safetensors", bytes)
            expectZeros(sample)
            bytes[bytes.count - 1] = 1
            try sample.write("model.safetensors", bytes)
            if elements <= 1025 { #expect(try sample.inspect().get().catalog.count == 1) }
        }
    }

    @Test("a file without any numbers is whole", arguments: [[], [SampleTensor("w", .f32, [0, 3])]])
    func noNumbers(tensors: [SampleTensor]) throws {
        try withSample { sample in
            try sample.write("model.safetensors", SampleTensor.file(tensors))
            #expect(try sample.inspect().get().catalog.count == tensors.count)
        }
    }

    @Test("a writer that still holds the file is told, whole or cut", arguments: [0, 5])
    func openForWriting(missing: Int) throws {
        try withSample { sample in
            let path = sample.path.appending("model.safetensors")
            try sample.write("model.safetensors", Array(SampleTensor.file([SampleTensor("w")]).dropLast(missing)))
            let writer = try FileDescriptor.open(path, .writeOnly)
            sample.expect(
                .openForWriting(file: "model.safetensors"),
                "a process still has \"model.safetensors\" open for writing",
                isTransient: true
            )
            try writer.close()
            if missing == 0 { #expect(try sample.inspect().get().name == "checkpoint-10") }
        }
    }

    @Test("a checkpoint never joins an old listing with new bytes")
    func changedSinceListing() throws {
        try withSample { sample in
            let files = try CandidateFiles(of: sample.candidate())
            try sample.write("model.safetensors", SampleTensor.file([SampleTensor("w", .f32, [8])]))
            let result = CheckpointInspector(layout: sample.layout).inspect(sample.candidate(), files: files)
            let reason = #expect(throws: Incompleteness.self) { try result.get() }
            #expect(reason == .settling)
            #expect(reason?.isTransient == true)
            #expect(reason.map { "\($0)" } == "its files changed a moment ago; waiting until they are quiet")
        }
    }

    @Test("a checkpoint that goes away while it is looked at", arguments: ["", "model.safetensors"])
    func vanished(name: String) throws {
        try withSample { sample in
            let files = try CandidateFiles(of: sample.candidate())
            try Publication.removeTree(name.isEmpty ? sample.path : sample.path.appending(name))
            let result = CheckpointInspector(layout: sample.layout).inspect(sample.candidate(), files: files)
            let reason = #expect(throws: Incompleteness.self) { try result.get() }
            #expect(reason == .vanished)
            #expect(reason?.isTransient == true)
            #expect(reason.map { "\($0)" } == "it was removed while it was looked at")
        }
    }

    @Test("a directory where a file should be")
    func unreadable() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("step_5.safetensors")
            try Publication.makeDirectories(path)
            let candidate = CheckpointCandidate(name: "step_5.safetensors", step: Step(5), unit: .file, path: path)
            let result = CheckpointInspector(layout: SafetensorsSeriesLayout())
                .inspect(candidate, files: try CandidateFiles(of: candidate))
            let reason = #expect(throws: Incompleteness.self) { try result.get() }
            #expect(reason.map { "\($0)" } == "cannot read \"\(path)\": it is a directory, not a regular file")
            #expect(reason?.isTransient == false)
        }
    }

    @Test(
        "a file of another user",
        .enabled(if: HostProcess.effectiveUser != 0, "root may read every file")
    )
    func permissionDenied() throws {
        try withSample { sample in
            let path = sample.path.appending("model.safetensors")
            try Publication.removeTree(path)
            _ = try File.create(path, mode: 0)
            guard case .failure(.unreadable(let problem)) = sample.inspect() else {
                Issue.record("\(sample.inspect())")
                return
            }
            #expect(problem.hasPrefix("cannot open \"\(path)\": Permission denied (EACCES)"))
        }
    }

    private func resize(_ path: FilePath, to byteCount: Int) throws {
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter { try file.resize(to: Int64(byteCount)) }
    }
}
