import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct PinStoreTests {
    /// A run directory and a place for pins beside it.
    private struct Place {
        let run: FilePath
        let pins: FilePath
        let staging: FilePath

        init(_ directory: FilePath) throws {
            run = directory.appending("run")
            pins = directory.appending("pins")
            staging = directory.appending("staging")
            try Publication.makeDirectories(run)
        }

        func store(_ method: PinMethod) -> PinStore {
            PinStore(directory: pins, staging: staging, method: method)
        }

        func inspect(_ store: PinStore) throws -> [Checkpoint] {
            try store.candidates(layout: HuggingFaceLayout()).map {
                try CheckpointInspector(layout: HuggingFaceLayout()).inspect($0, files: CandidateFiles(of: $0)).get()
            }
        }
    }

    private let inspector = CheckpointInspector(layout: HuggingFaceLayout())

    private func withPlace(_ body: (Place) throws -> Void) throws {
        try withTemporaryDirectory { try body(Place($0)) }
    }

    @Test("a pin that is a copy is as private as its original", arguments: [0o600, 0o640] as [UInt32])
    func privacy(mode: UInt32) throws {
        try withPlace { place in
            let sample = try CheckpointSample.whole(place.run.appending("checkpoint-10"))
            let weights = place.run.appending("checkpoint-10/model.safetensors")
            try Publication.write(Fixture.read(weights), as: weights, mode: mode)
            let store = place.store(.copy)
            let pin = try #require(try store.pin(sample.inspect().get(), inspector: inspector)).checkpoint
            #expect(try FileStatus.of(pin.candidate.path.appending("model.safetensors")).mode == mode)
        }
    }

    @Test(
        "a pin is the same version, is found whole, and survives the original",
        arguments: [PinMethod.hardlink, .auto, .copy]
    )
    func survives(method: PinMethod) throws {
        try withPlace { place in
            let sample = try CheckpointSample.whole(place.run.appending("checkpoint-10"))
            try sample.write("optimizer.pt", [1])
            try sample.write("left/adapter_model.safetensors", SampleTensor.file([SampleTensor("v")]))
            let original = try sample.inspect().get()
            let store = place.store(method)
            let pin = try #require(try store.pin(original, inspector: inspector))
                .checkpoint
            #expect(store.isPinned(pin) && !store.isPinned(original))
            #expect(pin.candidate.path == place.pins.appending("checkpoint-10"))
            #expect(pin.isSameVersion(as: original))
            #expect(original.isSameVersion(as: pin))
            try Publication.removeTree(sample.path)
            let found = try place.inspect(store)
            #expect(found.map(\.name) == ["checkpoint-10"])
            #expect(found[0].isSameVersion(as: original))
            #expect(
                try CandidateFiles(of: found[0].candidate).files.map(\.relativePath)
                    == ["config.json", "left/adapter_model.safetensors", "model.safetensors", "trainer_state.json"]
            )
            #expect(
                try Fixture.read(pin.candidate.path.appending("model.safetensors"))
                    == SampleTensor.file([SampleTensor("w")])
            )
            #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
        }
    }

    @Test("a reflink where the filesystem can; otherwise no pin and nothing left behind")
    func reflink() throws {
        try withPlace { place in
            let original = try CheckpointSample.whole(place.run.appending("checkpoint-10")).inspect().get()
            let store = place.store(.reflink)
            let pinned = try store.pin(original, inspector: inspector)
            if let pin = pinned?.checkpoint {
                #expect(pinned?.means == .reflink)
                #expect(pin.isSameVersion(as: original))
                #expect(pin.weights[0].fingerprint.inode != original.weights[0].fingerprint.inode)
            } else {
                #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
                #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
            }
        }
    }

    @Test("hard links take no room; copies share nothing", arguments: [(PinMethod.hardlink, true), (.copy, false)])
    func sharing(method: PinMethod, isShared: Bool) throws {
        try withPlace { place in
            let original = try CheckpointSample.whole(place.run.appending("checkpoint-10")).inspect().get()
            let pin = try #require(try place.store(method).pin(original, inspector: inspector)).checkpoint
            #expect((pin.weights[0].fingerprint.inode == original.weights[0].fingerprint.inode) == isShared)
        }
    }

    @Test("without pins the checkpoint itself is used, and nothing is made")
    func none() throws {
        try withPlace { place in
            let original = try CheckpointSample.whole(place.run.appending("checkpoint-10")).inspect().get()
            let store = place.store(.none)
            let same = try #require(try store.pin(original, inspector: inspector)).checkpoint
            #expect(same.candidate == original.candidate)
            #expect(try FileStatus.ifPresent(place.pins) == nil)
            #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
            #expect(try store.release(except: []).isEmpty)
        }
    }

    @Test("a pin is not pinned again")
    func pinOfPin() throws {
        try withPlace { place in
            let original = try CheckpointSample.whole(place.run.appending("checkpoint-10")).inspect().get()
            let store = place.store(.hardlink)
            let pin = try #require(try store.pin(original, inspector: inspector))
                .checkpoint
            let again = try #require(try store.pin(pin, inspector: inspector))
                .checkpoint
            #expect(again.candidate == pin.candidate)
            #expect(try FileStatus.of(pin.candidate.path.appending("model.safetensors")).linkCount == 2)
        }
    }

    @Test("what a crash left half-made in staging is never listed, and the next pin clears it")
    func halfMade() throws {
        try withPlace { place in
            let half = place.staging.appending("pin").appending("checkpoint-5")
            try CheckpointSample(half).write("model.safetensors", [1])
            let store = place.store(.hardlink)
            #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
            let original = try CheckpointSample.whole(place.run.appending("checkpoint-10")).inspect().get()
            _ = try store.pin(original, inspector: inspector)
            #expect(try store.candidates(layout: HuggingFaceLayout()).map(\.name) == ["checkpoint-10"])
            #expect(try FileStatus.ifPresent(half) == nil)
        }
    }

    @Test("a hard link to a file that its trainer writes again is no pin any more; a copy keeps the old bytes")
    func rewrittenInPlace() throws {
        try withPlace { place in
            let sample = try CheckpointSample.whole(place.run.appending("checkpoint-10"))
            let original = try sample.inspect().get()
            _ = try #require(try place.store(.hardlink).pin(original, inspector: inspector))
            #expect(try place.inspect(place.store(.hardlink)).map(\.name) == ["checkpoint-10"])
            let copied = try #require(
                try PinStore(directory: place.pins.appending("copies"), staging: place.staging, method: .copy)
                    .pin(original, inspector: inspector)
            ).checkpoint
            // The trainer opens the same file again and writes other numbers of the same length.
            let weights = sample.path.appending("model.safetensors")
            let bytes = SampleTensor.file([SampleTensor("w")], filling: 9)
            let writer = try FileDescriptor.open(weights, .writeOnly)
            _ = try writer.closeAfter { try writer.writeAll(bytes) }
            let rewritten = try sample.inspect().get()
            #expect(try place.inspect(place.store(.hardlink)).isEmpty)
            #expect(!rewritten.isSameVersion(as: original))
            #expect(
                try FileFingerprint(FileStatus.of(copied.candidate.path.appending("model.safetensors")))
                    == copied.weights[0].fingerprint
            )
            #expect(
                try Fixture.read(copied.candidate.path.appending("model.safetensors"))
                    == SampleTensor.file([SampleTensor("w")])
            )
        }
    }

    @Test("a checkpoint that was saved again replaces its pin", arguments: [PinMethod.hardlink, .copy])
    func replaced(method: PinMethod) throws {
        try withPlace { place in
            let store = place.store(method)
            let path = place.run.appending("checkpoint-10")
            let first = try #require(
                try store.pin(
                    CheckpointSample.whole(path).inspect().get(),
                    inspector: inspector
                )
            ).checkpoint
            try Publication.removeTree(path)
            let tensors = [SampleTensor("w", .f32, [6])]
            let again = try CheckpointSample.whole(path, tensors: tensors).inspect().get()
            let second = try #require(try store.pin(again, inspector: inspector))
                .checkpoint
            #expect(!second.isSameVersion(as: first))
            #expect(second.isSameVersion(as: again))
            #expect(try place.inspect(store).map { $0.catalog["w"]?.info.shape } == [[6]])
            #expect(try DirectoryListing.entries(of: place.pins).map(\.name) == ["checkpoint-10"])
            #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
        }
    }

    @Test("files that change or go away under the hand give no pin", arguments: [PinMethod.hardlink, .copy])
    func changedMeanwhile(method: PinMethod) throws {
        try withPlace { place in
            let sample = try CheckpointSample.whole(place.run.appending("checkpoint-10"))
            let original = try sample.inspect().get()
            let store = place.store(method)
            try sample.write("model.safetensors", SampleTensor.file([SampleTensor("w", .f32, [8])]))
            let reason = #expect(throws: Incompleteness.self) {
                try store.pin(original, inspector: inspector)
            }
            #expect(reason == .settling)
            #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
            try Publication.removeTree(sample.path)
            #expect(throws: (any Error).self) {
                try store.pin(original, inspector: inspector)
            }
            #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
            #expect(try DirectoryListing.entries(of: place.staging).isEmpty, "a failed pin holds no room")
        }
    }

    @Test("pins that nobody needs are let go, the trainer's files are not")
    func release() throws {
        try withPlace { place in
            let store = place.store(.hardlink)
            for step in [1, 2, 3] {
                let sample = try CheckpointSample.whole(place.run.appending("checkpoint-\(step)"))
                _ = try store.pin(
                    try sample.inspect().get(),
                    inspector: inspector
                )
            }
            #expect(try store.release(except: ["checkpoint-2", "checkpoint-9"]) == ["checkpoint-1", "checkpoint-3"])
            #expect(try store.candidates(layout: HuggingFaceLayout()).map(\.name) == ["checkpoint-2"])
            #expect(try store.release(except: ["checkpoint-2"]).isEmpty)
            #expect(try DirectoryListing.entries(of: place.run).count == 3)
            #expect(try CheckpointSample(place.run.appending("checkpoint-1")).inspect().get().weights.count == 1)
        }
    }

    @Test("a file of a series is pinned under its own name", arguments: [PinMethod.hardlink, .copy])
    func seriesFile(method: PinMethod) throws {
        try withPlace { place in
            let path = place.run.appending("step_5.safetensors")
            try Fixture.write(SampleTensor.file([SampleTensor("w")]), to: path)
            let layout = SafetensorsSeriesLayout()
            let candidate = CheckpointCandidate(name: "step_5.safetensors", step: Step(5), unit: .file, path: path)
            let original = try CheckpointInspector(layout: layout)
                .inspect(candidate, files: CandidateFiles(of: candidate)).get()
            let store = place.store(method)
            let pin = try #require(try store.pin(original, inspector: CheckpointInspector(layout: layout))).checkpoint
            try Publication.removeTree(path)
            #expect(try store.candidates(layout: layout).map(\.name) == ["step_5.safetensors"])
            #expect(pin.isSameVersion(as: original))
            #expect(try Fixture.read(pin.candidate.path) == SampleTensor.file([SampleTensor("w")]))
            #expect(try store.release(except: []) == ["step_5.safetensors"])
        }
    }
}
