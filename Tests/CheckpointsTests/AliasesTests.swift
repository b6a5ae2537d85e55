import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct AliasesTests {
    @Test("a link counts under the first name by step, then by name")
    func links() throws {
        try withTemporaryDirectory { directory in
            let names = [(30, "c"), (10, "b"), (20, "d"), (10, "a")]
            let first = try SavedCheckpoint(10, at: 0, name: "a").write(in: directory)
            let checkpoints = try names.map { step, name in
                let path = directory.appending(name)
                if name != "a" {
                    try Publication.makeDirectories(path)
                    let file = path.appending("w.bin")
                    try Publication.hardLink(first.candidate.path.appending("model-0.safetensors"), to: file)
                }
                let file = path.appending(name == "a" ? "model-0.safetensors" : "w.bin")
                let candidate = CheckpointCandidate(name: name, step: Step(step), unit: .directory, path: path)
                let fingerprint = FileFingerprint(try FileStatus.of(file))
                return try SavedCheckpoint.checkpoint(
                    candidate,
                    [CheckpointFile(relativePath: "w", fingerprint: fingerprint)]
                )
            }
            let found = Aliases(among: checkpoints)
            #expect(found.distinct.map(\.name) == ["a"])
            #expect(found.aliases.map(\.checkpoint.name) == ["b", "d", "c"])
            #expect(found.aliases.allSatisfy { $0.keptName == "a" })
        }
    }

    @Test("checkpoints that share some of their files, or bytes and times but no file, are different ones")
    func sharing() throws {
        try withTemporaryDirectory { directory in
            let first = try SavedCheckpoint(10, at: 0, 5).write(in: directory)
            let second = try SavedCheckpoint(20, at: 0, 5).write(in: directory)
            let shared = try SavedCheckpoint.checkpoint(second.candidate, [first.weights[0], second.weights[1]])
            let part = try SavedCheckpoint.checkpoint(
                CheckpointCandidate(name: "checkpoint-30", step: Step(30), unit: .directory, path: "/run"),
                [first.weights[0]]
            )
            for checkpoints in [[first, second], [first, shared], [first, part], [part, shared, first], []] {
                let found = Aliases(among: checkpoints)
                #expect(found.aliases.isEmpty)
                #expect(found.distinct.map(\.step) == checkpoints.map(\.step).sorted())
            }
        }
    }

    @Test("the order of files does not matter")
    func order() throws {
        try withTemporaryDirectory { directory in
            let first = try SavedCheckpoint(10, at: 0, 5).write(in: directory)
            let again = try SavedCheckpoint.checkpoint(
                CheckpointCandidate(name: "best", step: Step(10), unit: .directory, path: "/run"),
                first.weights.reversed()
            )
            let found = Aliases(among: [first, again])
            #expect(found.distinct.map(\.name) == ["best"])
            #expect(found.aliases.map(\.checkpoint.name) == ["checkpoint-10"])
        }
    }
}
