import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A run directory with one file in it, and a place for pins beside it.
struct InPlaceRun {
    let run: FilePath
    let pins: FilePath
    let staging: FilePath
    let fileName: String
    let layout: any TrainerLayout

    init(
        _ directory: FilePath,
        _ fileName: String = "ckpt.pt",
        _ layout: any TrainerLayout = NanoGPTLayout()
    ) throws {
        run = directory.appending("run")
        pins = directory.appending("pins")
        staging = directory.appending("staging")
        self.fileName = fileName
        self.layout = layout
        try Publication.makeDirectories(run)
    }

    var path: FilePath { run.appending(fileName) }

    static func bytes(_ name: String) throws -> [UInt8] {
        try Fixture.read(FilePath(#filePath).removingLastComponent().appending("Fixtures/in-place/\(name).pt"))
    }

    /// Opens the file as the trainer does, emptying it where it is there, and writes a version of it, at another time
    /// than the one before.
    func save(_ version: String) throws {
        let before = try FileStatus.ifPresent(path)?.modificationTime
        repeat {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate],
                permissions: .ownerReadWrite
            )
            _ = try file.closeAfter { try file.writeAll(Self.bytes(version)) }
        } while try FileStatus.of(path).modificationTime == before
    }

    var inspector: CheckpointInspector { CheckpointInspector(layout: layout) }

    func store(_ method: PinMethod) -> PinStore {
        PinStore(directory: pins, staging: staging, method: method)
    }

    func inspect(_ candidates: [CheckpointCandidate]) throws -> [Checkpoint] {
        try candidates.map { try inspector.inspect($0, files: CandidateFiles(of: $0)).get() }
    }

    /// The one checkpoint of the run as it is now.
    func look() throws -> Checkpoint {
        let found = try inspect(layout.candidates(in: run, entries: DirectoryListing.entries(of: run)))
        try #require(found.count == 1)
        return found[0]
    }

    func pinned(_ store: PinStore) throws -> [Checkpoint] {
        try inspect(store.candidates(layout: layout)).sorted { $0.step < $1.step }
    }
}
