import Checkpoints
import SystemPackage
import Testing

@Suite struct LayoutCandidateTests {
    @Test(
        "a version of a file that is overwritten is named by its step, before the suffix",
        arguments: [
            ("ckpt.pt", "ckpt-2000.pt"), ("checkpoint.pth.tar", "checkpoint-2000.pth.tar"),
            ("model.pt.tar", "model-2000.pt.tar"), ("last.pth", "last-2000.pth"), ("a.b.pt", "a.b-2000.pt"),
            ("weights", "weights-2000"), ("archive.tar", "archive-2000.tar"),
        ]
    )
    func identified(name: String, version: String) throws {
        let candidate = CheckpointCandidate(
            name: name,
            step: Step(0),
            unit: .file,
            path: FilePath("/run").appending(name),
            origin: FilePath("/elsewhere").appending(name),
            siblings: ["x.json"],
            stepIsInside: true
        )
        let found = candidate.identified(by: Step(2000))
        #expect(found.name == version)
        #expect(found.step == Step(2000))
        #expect(!found.stepIsInside)
        #expect(found.path == candidate.path && found.origin == candidate.origin)
        #expect(found.unit == .file && found.siblings == ["x.json"])
        // A pin lies under the version's name, and knows what it is a pin of.
        let pin = found.relocated(to: "/pins")
        #expect(pin.path == FilePath("/pins").appending(version))
        #expect(pin.origin == candidate.origin && pin.isPin)
    }

    @Test("moving a candidate changes nothing else")
    func moved() {
        let candidate = CheckpointCandidate(
            name: "ckpt.pt",
            step: Step(0),
            unit: .file,
            path: "/run/ckpt.pt",
            siblings: ["ckpt.json"],
            stepIsInside: true
        )
        #expect(!candidate.isPin)
        for moved in [candidate.relocated(to: "/pins"), candidate.saved(in: "/other")] {
            #expect(moved.isPin && moved.stepIsInside && moved.siblings == ["ckpt.json"])
            #expect(moved != candidate)
        }
        #expect(candidate.relocated(to: "/run") == candidate)
        #expect(candidate.relocated(to: "/pins").path == "/pins/ckpt.pt")
        #expect(candidate.relocated(to: "/pins").origin == "/run/ckpt.pt")
        #expect(candidate.saved(in: "/other").path == "/run/ckpt.pt")
        #expect(candidate.saved(in: "/other").origin == "/other/ckpt.pt")
    }
}
