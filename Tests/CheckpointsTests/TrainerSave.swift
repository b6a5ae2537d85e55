import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// One checkpoint as its trainer saves it, and what the table of `docs/trainers.md` says about it.
struct TrainerSave {
    /// A file: its path in the watched directory, and its bytes.
    typealias File = (path: String, bytes: [UInt8])

    let layout: String
    let name: String
    let step: Int
    /// In the order in which they are written: whole with the last, and not before.
    let files: [File]
    /// What the trainer keeps beside it, with the same weights in it.
    var others: [String] = []
    /// A file that says for as long as it is there that the checkpoint is not whole.
    var unfinished: String?
    /// The next version, where the trainer writes the same file again.
    var nextVersion: [UInt8]?

    /// The weights of a file of `torch.save`, of which 2000 is the step inside.
    static func torch() throws -> [UInt8] { try InPlaceRun.bytes("2000") }

    /// A file of safetensors with one tensor.
    static func safetensors(_ name: String = "w") -> [UInt8] { SampleTensor.file([SampleTensor(name)]) }

    /// Saves it, and holds it against its row.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let layout = try #require(TrainerLayouts.named(layout), sourceLocation: sourceLocation)
        try withTemporaryDirectory { directory in
            let place = Place(directory: directory, layout: layout)
            try Publication.makeDirectories(place.run)
            let largest = files.max { $0.bytes.count < $1.bytes.count }?.bytes ?? []
            for other in others { try place.write(other, largest) }
            try place.expectNothing(sourceLocation)
            try save(in: place, sourceLocation)
            let checkpoint = try place.only(sourceLocation)
            #expect(checkpoint.name == name && checkpoint.step == Step(step), sourceLocation: sourceLocation)
            #expect(try LayoutListing.detect(in: place.run) == self.layout, sourceLocation: sourceLocation)
            try checkSign(in: place, sourceLocation)
            try checkPin(of: checkpoint, in: place, sourceLocation)
        }
    }

    /// Nothing is whole before the last byte of the last file.
    private func save(in place: Place, _ sourceLocation: SourceLocation) throws {
        for (index, file) in files.enumerated() {
            let isLast = index == files.count - 1
            if isLast || file.bytes.count > 1 {
                try place.write(file.path, Array(file.bytes[..<(file.bytes.count / 2)]))
                try place.expectNothing(sourceLocation)
            }
            try place.write(file.path, file.bytes)
            if !isLast { try place.expectNothing(sourceLocation) }
        }
    }

    private func checkSign(in place: Place, _ sourceLocation: SourceLocation) throws {
        guard let unfinished else { return }
        try place.write(unfinished, [])
        try place.expectNothing(sourceLocation)
        try Publication.removeTree(place.run.pushing(FilePath(unfinished)))
        #expect(try place.only(sourceLocation).name == name, sourceLocation: sourceLocation)
    }

    /// What is pinned outlives the trainer's deleting it, or writing it again.
    private func checkPin(of checkpoint: Checkpoint, in place: Place, _ sourceLocation: SourceLocation) throws {
        let shared = try place.store.pin(checkpoint, inspector: place.inspector, allowingCopy: false)
        if let nextVersion {
            if shared == nil {
                let copy = try place.store.pin(checkpoint, inspector: place.inspector)
                #expect(copy?.means == .copy, sourceLocation: sourceLocation)
            }
            #expect(shared?.means != .hardlink, sourceLocation: sourceLocation)
            #expect(try FileStatus.of(checkpoint.candidate.path).linkCount == 1, sourceLocation: sourceLocation)
            try place.write(files[0].path, nextVersion)
        } else {
            let means = try #require(shared?.means, sourceLocation: sourceLocation)
            #expect(means < .copy, sourceLocation: sourceLocation)
            for file in files { try Publication.removeTree(place.run.pushing(FilePath(file.path))) }
            try place.expectNothing(sourceLocation)
        }
        #expect(try DirectoryListing.entries(of: place.pins).map(\.name) == [name], sourceLocation: sourceLocation)
        let candidates = try place.store.candidates(layout: place.layout).map { $0.saved(in: place.run) }
        let pins = try place.inspect(candidates).map { try $0.get() }
        #expect(pins.map { $0.isSameVersion(as: checkpoint) } == [true], sourceLocation: sourceLocation)
    }
}

extension TrainerSave {
    /// A watched directory and a place for pins beside it.
    private struct Place {
        let directory: FilePath
        let layout: any TrainerLayout

        var run: FilePath { directory.appending("run") }
        var pins: FilePath { directory.appending("pins") }
        var inspector: CheckpointInspector { CheckpointInspector(layout: layout) }
        var store: PinStore {
            PinStore(directory: pins, staging: directory.appending("staging"), method: .auto)
        }

        func write(_ path: String, _ bytes: [UInt8]) throws {
            try CheckpointSample(run).write(path, bytes)
        }

        func inspect(_ candidates: [CheckpointCandidate]) throws -> [Result<Checkpoint, Incompleteness>] {
            try candidates.map { inspector.inspect($0, files: try CandidateFiles(of: $0)) }
        }

        func look() throws -> [Result<Checkpoint, Incompleteness>] {
            try inspect(layout.candidates(in: run, entries: DirectoryListing.entries(of: run)))
        }

        func expectNothing(_ sourceLocation: SourceLocation) throws {
            let whole = try look().compactMap { try? $0.get().name }
            #expect(whole.isEmpty, sourceLocation: sourceLocation)
        }

        func only(_ sourceLocation: SourceLocation) throws -> Checkpoint {
            let found = try look()
            try #require(found.count == 1, sourceLocation: sourceLocation)
            return try found[0].get()
        }
    }
}
