import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct CandidateFilesTests {
    @Test("files of the directory and of the level below, links to files among them")
    func listing() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("checkpoint-10"))
            for name in ["b", "a/c", "a/deeper/d", "B"] { try sample.write(name, [1]) }
            for (link, target) in [("link", "a/c"), ("broken", "nowhere"), ("directory", "a")] {
                try Publication.replaceSymlink(at: sample.path.appending(link), target: target)
            }
            let files = try CandidateFiles(of: sample.candidate())
            #expect(files.files.map(\.relativePath) == ["B", "a/c", "b", "link"])
            #expect(files["link"]?.fingerprint == files["a/c"]?.fingerprint)
            #expect(files["a"] == nil)
            #expect(files == (try CandidateFiles(of: sample.candidate())))
        }
    }

    @Test("the latest modification is that of the file written last")
    func lastModification() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("checkpoint-10"))
            try sample.write("a", [1])
            try sample.write("sub/b", [1])
            let files = try CandidateFiles(of: sample.candidate())
            let times = files.files.map(\.fingerprint.modificationTime)
            #expect(files.lastModification == times.max())
            #expect(times.count == 2)
            try Publication.makeDirectories(directory.appending("checkpoint-11"))
            let empty = try CandidateFiles(of: CheckpointSample(directory.appending("checkpoint-11")).candidate())
            #expect(empty.files.isEmpty && empty.lastModification == 0)
        }
    }

    @Test("a change of size or time shows, at the same inode or another")
    func changes() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("checkpoint-10"))
            try sample.write("a", [1])
            let before = try CandidateFiles(of: sample.candidate())
            let appended = try FileDescriptor.open(sample.path.appending("a"), .writeOnly, options: .append)
            _ = try appended.closeAfter { try appended.writeAll([2]) }
            let longer = try CandidateFiles(of: sample.candidate())
            #expect(longer != before)
            try sample.write("a", [1, 2])
            let replaced = try CandidateFiles(of: sample.candidate())
            #expect(replaced != longer)
        }
    }

    @Test("what is gone has vanished, directory or file", arguments: [CheckpointCandidate.Unit.directory, .file])
    func vanished(unit: CheckpointCandidate.Unit) throws {
        try withTemporaryDirectory { directory in
            let candidate = CheckpointCandidate(
                name: "step_1.safetensors",
                step: Step(1),
                unit: unit,
                path: directory.appending("step_1.safetensors")
            )
            let reason = #expect(throws: Incompleteness.self) { try CandidateFiles(of: candidate) }
            #expect(reason == .vanished)
        }
    }

    @Test("a file where the directory was has vanished too")
    func replacedByFile() throws {
        try withTemporaryDirectory { directory in
            let sample = CheckpointSample(directory.appending("checkpoint-10"))
            try Fixture.write([1], to: sample.path)
            let reason = #expect(throws: Incompleteness.self) { try CandidateFiles(of: sample.candidate()) }
            #expect(reason == .vanished)
        }
    }

    @Test("a candidate that is a file lists itself")
    func file() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("step_1.safetensors")
            try Fixture.write([1, 2, 3], to: path)
            let candidate = CheckpointCandidate(name: "step_1.safetensors", step: Step(1), unit: .file, path: path)
            let files = try CandidateFiles(of: candidate)
            #expect(files.files.map(\.relativePath) == ["step_1.safetensors"])
            #expect(files.files.map(\.fingerprint.byteCount) == [3])
            #expect(candidate.path(of: files.files[0]) == path)
        }
    }
}
