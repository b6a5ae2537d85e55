import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// How a checkpoint comes to be kept, on one filesystem and across two.
@Suite struct PinMeansTests {
    /// A filesystem in memory, which is another one than that of temporary files nearly everywhere.
    private static let memory: FilePath = "/dev/shm"
    private static var hasTwoFileSystems: Bool {
        let devices = [memory, HostProcess.environment("TMPDIR").map { FilePath($0) } ?? "/tmp"].map {
            try? FileStatus.of($0).device
        }
        return devices[0] != nil && devices[0] != devices[1]
    }

    private let inspector = CheckpointInspector(layout: HuggingFaceLayout())

    private func store(_ method: PinMethod, in directory: FilePath) -> PinStore {
        PinStore(directory: directory.appending("pins"), staging: directory.appending("staging"), method: method)
    }

    /// Hands over a directory on this filesystem and one on the other.
    private func withTwoFileSystems(_ body: (FilePath, FilePath) throws -> Void) throws {
        try withTemporaryDirectory { here in
            let elsewhere = try Publication.makeTemporaryDirectory(in: Self.memory, prefix: "lawa-test-")
            defer { try? Publication.removeTree(elsewhere) }
            try body(here, elsewhere)
        }
    }

    private func expectNothing(_ store: PinStore, in directory: FilePath) throws {
        #expect(try store.candidates(layout: HuggingFaceLayout()).isEmpty)
        #expect(try DirectoryListing.entries(of: directory.appending("staging")).isEmpty)
    }

    @Test("on one filesystem no copy is needed")
    func oneFileSystem() throws {
        try withTemporaryDirectory { directory in
            let original = try CheckpointSample.whole(directory.appending("checkpoint-10")).inspect().get()
            let store = store(.auto, in: directory)
            let pinned = try #require(try store.pin(original, inspector: inspector, allowingCopy: false))
            let means = try #require(pinned.means)
            #expect(means < .copy)
            let isSameFile = pinned.checkpoint.weights[0].fingerprint.inode == original.weights[0].fingerprint.inode
            #expect(isSameFile == (means == .hardlink))
            let again = try #require(try store.pin(pinned.checkpoint, inspector: inspector))
            #expect(again.means == nil, "nothing was made")
        }
    }

    @Test("from another filesystem only by a copy, and only where that is allowed", .enabled(if: hasTwoFileSystems))
    func twoFileSystems() throws {
        try withTwoFileSystems { here, elsewhere in
            let sample = try CheckpointSample.sharded(elsewhere.appending("checkpoint-10"))
            let original = try sample.inspect().get()
            let store = store(.auto, in: here)
            #expect(try store.pin(original, inspector: inspector, allowingCopy: false) == nil)
            try expectNothing(store, in: here)
            var told: [Int] = []
            let pinned = try #require(try store.pin(original, inspector: inspector) { told.append($0) })
            #expect(pinned.means == .copy)
            #expect(pinned.checkpoint.isSameVersion(as: original))
            let files = try CandidateFiles(of: pinned.checkpoint.candidate).files
            #expect(told.last == files.reduce(0) { $0 + $1.fingerprint.byteCount })
            #expect(told == told.sorted() && told.count == 4)
            try Publication.removeTree(sample.path)
            let candidate = try #require(try store.candidates(layout: HuggingFaceLayout()).first)
            let found = try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get()
            #expect(found.isSameVersion(as: original))
        }
    }

    @Test(
        "a method that was asked for by name stays that method",
        .enabled(if: hasTwoFileSystems),
        arguments: [PinMethod.hardlink, .reflink]
    )
    func named(method: PinMethod) throws {
        try withTwoFileSystems { here, elsewhere in
            let original = try CheckpointSample.whole(elsewhere.appending("checkpoint-10")).inspect().get()
            let store = store(method, in: here)
            #expect(try store.pin(original, inspector: inspector, allowingCopy: true) == nil)
            try expectNothing(store, in: here)
        }
    }

    @Test("a shard that is a link to another filesystem is copied, the other is not", .enabled(if: hasTwoFileSystems))
    func mixed() throws {
        try withTwoFileSystems { here, elsewhere in
            let sample = try CheckpointSample.sharded(here.appending("checkpoint-10"))
            let shard = "model-00002-of-00002.safetensors"
            try Publication.copyFile(sample.path.appending(shard), to: elsewhere.appending(shard))
            try Publication.removeTree(sample.path.appending(shard))
            try Publication.replaceSymlink(
                at: sample.path.appending(shard),
                target: elsewhere.appending(shard).string
            )
            let original = try sample.inspect().get()
            let store = store(.auto, in: here)
            #expect(try store.pin(original, inspector: inspector, allowingCopy: false) == nil)
            try expectNothing(store, in: here)
            let pinned = try #require(try store.pin(original, inspector: inspector))
            #expect(pinned.means == .copy)
            let path = pinned.checkpoint.candidate.path.appending(shard)
            #expect(try FileStatus.of(path, followSymlinks: false).kind == .regular)
            #expect(try FileStatus.of(path).device == FileStatus.of(here).device)
        }
    }

    @Test("where copies are the method, none is made unless it is allowed")
    func copyNotAllowed() throws {
        try withTemporaryDirectory { directory in
            let original = try CheckpointSample.whole(directory.appending("checkpoint-10")).inspect().get()
            let store = store(.copy, in: directory)
            #expect(try store.pin(original, inspector: inspector, allowingCopy: false) == nil)
            try expectNothing(store, in: directory)
            #expect(try store.pin(original, inspector: inspector)?.means == .copy)
        }
    }

    @Test("a file that is written in place is never linked", arguments: [PinMethod.auto, .hardlink])
    func inPlace(method: PinMethod) throws {
        try withTemporaryDirectory { directory in
            let place = try InPlaceRun(directory)
            try place.save("2000")
            let version = try place.look()
            if let shared = try place.store(method).pin(version, inspector: place.inspector, allowingCopy: false) {
                #expect(shared.means == .reflink)
            } else {
                #expect(try place.store(method).pin(version, inspector: place.inspector)?.means == .copy)
            }
            #expect(try FileStatus.of(place.path).linkCount == 1)
        }
    }

    @Test("a copying that is stopped, or outrun by its trainer, leaves nothing", arguments: [true, false])
    func stopped(isOutrun: Bool) throws {
        struct Stop: Error {}
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.sharded(directory.appending("checkpoint-10"))
            let original = try sample.inspect().get()
            let store = store(.copy, in: directory)
            let error = #expect(throws: (any Error).self) {
                try store.pin(original, inspector: inspector) { _ in
                    guard isOutrun else { throw Stop() }
                    let shard = sample.path.appending("model-00001-of-00002.safetensors")
                    let writer = try FileDescriptor.open(shard, .writeOnly, options: .append)
                    _ = try writer.closeAfter { try writer.writeAll([1]) }
                }
            }
            #expect(isOutrun ? error as? Incompleteness == .settling : error is Stop)
            try expectNothing(store, in: directory)
        }
    }

    @Test("what is not whole in its pin is not published, and what was pinned before stays")
    func notWhole() throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-10"))
            let store = store(.copy, in: directory)
            let first = try #require(try store.pin(sample.inspect().get(), inspector: inspector)).checkpoint
            // The marker is none of the files whose version a checkpoint remembers by its content.
            let again = try sample.inspect().get()
            let strict = CheckpointInspector(layout: AccelerateLayout())
            let reason = #expect(throws: Incompleteness.self) { try store.pin(again, inspector: strict) }
            #expect(reason == .missingMarker(file: "random_states_0.pkl"))
            let kept = try inspector.inspect(first.candidate, files: CandidateFiles(of: first.candidate)).get()
            #expect(kept.weights == first.weights)
            #expect(try DirectoryListing.entries(of: directory.appending("staging")).isEmpty)
        }
    }

    @Test("means in the order of the room that they take")
    func order() {
        #expect(PinMeans.allCases == [.hardlink, .reflink, .copy])
        #expect(PinMeans.allCases.sorted() == PinMeans.allCases)
        #expect(PinMeans.hardlink < .copy && !(PinMeans.copy < .hardlink))
    }
}
