import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Files that a training loop writes again and again under one name.
@Suite struct InPlaceTests {
    private func withPlace(_ body: (InPlaceRun) throws -> Void) throws {
        try withTemporaryDirectory { try body(InPlaceRun($0)) }
    }

    @Test(
        "each version has the step that it tells, a name of its own, and is read where the trainer writes it",
        arguments: [
            ("ckpt.pt", "ckpt-2000.pt"), ("checkpoint.pth.tar", "checkpoint-2000.pth.tar"),
            ("model.pth", "model-2000.pth"), ("last.pt", "last-2000.pt"),
        ]
    )
    func identity(fileName: String, name: String) throws {
        let layout: any TrainerLayout = fileName == "ckpt.pt" ? NanoGPTLayout() : TorchInPlaceLayout()
        try withTemporaryDirectory { directory in
            let place = try InPlaceRun(directory, fileName, layout)
            try place.save("2000")
            let checkpoint = try place.look()
            #expect(checkpoint.name == name && checkpoint.step == Step(2000))
            #expect(checkpoint.candidate.path == place.path && checkpoint.candidate.origin == place.path)
            #expect(checkpoint.candidate.isWrittenInPlace && !checkpoint.candidate.isPin)
            #expect(!checkpoint.candidate.stepIsInside)
            #expect(checkpoint.weights.map(\.relativePath) == [name])
            #expect(checkpoint.candidate.path(of: checkpoint.weights[0]) == place.path)
            let pin = try #require(try place.store(.copy).pin(checkpoint, inspector: place.inspector)).checkpoint
            #expect(pin.candidate.path == place.pins.appending(name) && pin.candidate.isPin)
            #expect(!pin.candidate.isWrittenInPlace)
            #expect(pin.isSameVersion(as: checkpoint) && checkpoint.isSameVersion(as: pin))
            #expect(try place.store(.copy).candidates(layout: layout).map(\.name) == [name])
        }
    }

    @Test(
        "a pin keeps the bytes of its version while the trainer writes the next into the same file",
        arguments: [PinMethod.auto, .hardlink, .copy, .reflink]
    )
    func versions(method: PinMethod) throws {
        try withPlace { place in
            let store = place.store(method)
            try place.save("2000")
            let first = try place.look()
            guard let pin = try store.pin(first, inspector: place.inspector)?.checkpoint else {
                #expect(method == .reflink, "only a reflink may be impossible here")
                #expect(try store.candidates(layout: place.layout).isEmpty)
                #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
                return
            }
            let inode = try FileStatus.of(place.path).inode
            #expect(pin.weights[0].fingerprint.inode != inode)
            #expect(try FileStatus.of(place.path).linkCount == 1)
            try place.save("4000")
            #expect(try FileStatus.of(place.path).inode == inode, "written in place")
            let second = try place.look()
            #expect(second.name == "ckpt-4000.pt" && second.step == Step(4000))
            #expect(!second.isSameVersion(as: first) && !second.isSameVersion(as: pin))
            _ = try #require(try store.pin(second, inspector: place.inspector))
            let pins = try place.pinned(store)
            #expect(pins.map(\.name) == ["ckpt-2000.pt", "ckpt-4000.pt"])
            #expect(pins.map(\.step.value) == [2000, 4000])
            #expect(try Fixture.read(pins[0].candidate.path) == InPlaceRun.bytes("2000"))
            #expect(try Fixture.read(pins[1].candidate.path) == InPlaceRun.bytes("4000"))
            #expect(pins[0].isSameVersion(as: first) && pins[1].isSameVersion(as: second))
            #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
            #expect(try store.release(except: ["ckpt-4000.pt"]) == ["ckpt-2000.pt"])
            #expect(try Fixture.read(place.path) == InPlaceRun.bytes("4000"), "the trainer's file stays")
        }
    }

    @Test("without pins the file itself is used")
    func none() throws {
        try withPlace { place in
            try place.save("2000")
            let checkpoint = try place.look()
            let same = try #require(try place.store(.none).pin(checkpoint, inspector: place.inspector)).checkpoint
            #expect(same.candidate == checkpoint.candidate)
            #expect(try FileStatus.ifPresent(place.pins) == nil)
        }
    }

    @Test(
        "what may take room to keep: what may be copied, and a file written in place, which a link would not keep",
        arguments: [
            (PinMethod.auto, true, true), (.hardlink, true, false), (.copy, true, true), (.reflink, false, false),
            (.none, false, false),
        ]
    )
    func room(method: PinMethod, inPlace: Bool, ordinary: Bool) throws {
        try withPlace { place in
            try place.save("2000")
            let store = place.store(method)
            let checkpoint = try place.look()
            #expect(store.mayCopy(checkpoint.candidate) == inPlace)
            let numbered = CheckpointCandidate(
                name: "ckpt-5.pt",
                step: Step(5),
                unit: .file,
                path: place.run.appending("ckpt-5.pt")
            )
            #expect(store.mayCopy(numbered) == ordinary)
            let pin = checkpoint.candidate.relocated(to: place.pins)
            #expect(store.mayCopy(pin) == ordinary, "nobody writes into a pin")
        }
    }

    @Test(
        "a version that the trainer overwrote meanwhile is not pinned, and nothing is left",
        arguments: [PinMethod.auto, .copy]
    )
    func overwritten(method: PinMethod) throws {
        try withPlace { place in
            try place.save("2000")
            let checkpoint = try place.look()
            try place.save("4000")
            let store = place.store(method)
            let reason = #expect(throws: Incompleteness.self) { try store.pin(checkpoint, inspector: place.inspector) }
            #expect(reason == .settling)
            #expect(try store.candidates(layout: place.layout).isEmpty)
            #expect(try DirectoryListing.entries(of: place.staging).isEmpty)
        }
    }

    @Test("the same step saved again replaces its pin")
    func savedAgain() throws {
        try withPlace { place in
            let store = place.store(.auto)
            try place.save("2000")
            let first = try #require(try store.pin(place.look(), inspector: place.inspector)).checkpoint
            try place.save("2000")
            let again = try place.look()
            #expect(again.name == first.name && !again.isSameVersion(as: first))
            let second = try #require(try store.pin(again, inspector: place.inspector)).checkpoint
            #expect(second.isSameVersion(as: again))
            #expect(try place.pinned(store).count == 1)
        }
    }

    @Test("a file that tells no step, or that of something finished, is none", arguments: ["no-step", "finished"])
    func noStep(version: String) throws {
        try withPlace { place in
            try place.save(version)
            let reason = #expect(throws: Incompleteness.self) { try place.look() }
            #expect(reason == .noStep(file: "ckpt.pt"))
            #expect(reason?.isTransient == false)
            #expect(try CheckpointOpener.open(place.path, position: 7).step == Step(7))
        }
    }

    @Test("opened by hand it keeps its name, and has the step that it tells")
    func byHand() throws {
        try withPlace { place in
            try place.save("4000")
            let checkpoint = try CheckpointOpener.open(place.path, position: 0)
            #expect(checkpoint.name == "ckpt.pt" && checkpoint.step == Step(4000))
            #expect(!checkpoint.candidate.isWrittenInPlace)
        }
    }

    @Test("a version that is cut short while it is written is none yet")
    func cut() throws {
        try withPlace { place in
            let bytes = try InPlaceRun.bytes("2000")
            for count in stride(from: 0, to: bytes.count, by: 61) {
                try Fixture.write(Array(bytes[..<count]), to: place.path)
                #expect(throws: Incompleteness.self) { try place.look() }
            }
        }
    }

    @Test(
        "the name of a version",
        arguments: [
            ("ckpt.pt", "ckpt-7.pt"), ("a.pth.tar", "a-7.pth.tar"), ("a.pt.tar", "a-7.pt.tar"), ("a.b.pt", "a.b-7.pt"),
            ("latest", "latest-7"),
        ]
    )
    func names(name: String, expected: String) {
        let path = FilePath("/run").appending(name)
        let candidate = CheckpointCandidate(name: name, step: Step(0), unit: .file, path: path, stepIsInside: true)
        let version = candidate.identified(by: Step(7))
        #expect(version.name == expected && version.step == Step(7) && version.path == path && version.origin == path)
        #expect(version.isWrittenInPlace && !version.stepIsInside)
        #expect(version.relocated(to: "/pins").path == FilePath("/pins").appending(expected))
        #expect(version.relocated(to: "/pins").origin == path)
    }
}
