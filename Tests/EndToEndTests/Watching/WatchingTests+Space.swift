import Averaging
import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TensorFormats
import TestSupport
import Testing

extension WatchingTests {
    /// Filesystems that run full, of bytes or of inodes: nothing half-made stays, it is told, and it goes on afterwards.
    @Suite(.serialized, .unless(Machine.mountObstacle))
    struct Space {
        /// A trainer whose checkpoints have 1 MiB.
        private func trainer(_ directory: FilePath) -> SyntheticTrainer {
            let tensor = SyntheticModel.Tensor(name: "w", type: .f32, rows: 16, columns: 16_384)
            return SyntheticTrainer(directory, model: SyntheticModel(tensors: [tensor]))
        }

        /// Averages two checkpoints onto a small filesystem and returns the exit code.
        private func average(onto options: String, beside directory: FilePath) async throws -> Int32? {
            let trainer = trainer(directory.appending("run"))
            let place = directory.appending("small")
            return try await Machine.withMount("mount -t tmpfs -o \(options) none", at: place) {
                let output = place.appending("average")
                let run = try await LawaRun.lawa([
                    "average", trainer.directory.string, "--last", "2", "--output", output.string,
                ])
                if run.code == 0 {
                    let weights = try Fixture.read(output.appending("model.safetensors"))
                    #expect(weights == trainer.model.file(meanOf: [1, 2]))
                    #expect(try ManifestFile.read(output.appending("lawa.json")).members.count == 2)
                } else {
                    #expect(run.code == 73)
                    #expect(run.complains(of: ["the average needs", "free "]), "\(options): \(run.complaint)")
                    #expect(try DirectoryListing.entries(of: place).isEmpty, "\(options)")
                }
                return run.code
            }
        }

        @Test("lawa average writes all of it or leaves nothing, however little room there is")
        func bytes() async throws {
            try await withTemporaryDirectory { directory in
                try await trainer(directory.appending("run")).save([1, 2])
                var codes: [Int32?] = []
                // The weights take 1 MiB and a page; the rest takes a few pages more.
                for pages in [1, 128, 256, 257, 258, 259, 260, 300] {
                    codes.append(try await average(onto: "size=\(pages * 4)k", beside: directory))
                }
                #expect(codes.first == 73 && codes.last == 0)
            }
        }

        @Test("lawa average writes all of it or leaves nothing, however few inodes there are")
        func inodes() async throws {
            try await withTemporaryDirectory { directory in
                try await trainer(directory.appending("run")).save([1, 2])
                var codes: [Int32?] = []
                for count in 2..<10 {
                    codes.append(try await average(onto: "size=64m,nr_inodes=\(count)", beside: directory))
                }
                #expect(codes.first == 73 && codes.last == 0)
            }
        }

        /// A daemon whose output lies on a small filesystem.
        private func withSmallOutput(
            _ options: String,
            _ changes: [String: String] = [:],
            _ body: @escaping @Sendable (DaemonPlace, SyntheticTrainer, AverageStore) async throws -> Void
        ) async throws {
            try await DaemonPlace.with { place in
                let disk = place.root.appending("disk")
                let trainer = trainer(place.watch)
                let settings = ["output": "\"\(disk)/out\"", "pin": "\"none\"", "rescan": "\"1s\""]
                try place.configure(k: 1, settings.merging(changes) { $1 })
                try await Machine.withMount("mount -t tmpfs -o \(options) none", at: disk) {
                    try await body(place, trainer, AverageStore(root: disk.appending("out")))
                }
            }
        }

        @Test("a daemon without room says how much is missing, keeps the reserve, and goes on when there is room again")
        func daemonWithoutBytes() async throws {
            try await withSmallOutput("size=8m") { place, trainer, store in
                let filler = place.root.appending("disk/filler")
                _ = try File.create(filler).reserve(byteCount: 7_000_000)
                try await place.withDaemon { daemon in
                    try await trainer.save(1)
                    try await daemon.log.wait(containing: "not enough space at \"\(store.root)\": the average needs ")
                    let told = try await daemon.wait(for: .status, StatusReport.self) {
                        $0.recipes[0].waiting?.contains("not enough space") == true
                    }
                    #expect(told.recipes[0].waiting?.contains("1048576 are to stay free, but only ") == true)
                    #expect(try DirectoryListing.entries(of: store.staging.path).isEmpty)
                    #expect(try DaemonPlace.names(in: store.directory(of: "lawa")).isEmpty)
                    try Publication.removeTree(filler)
                    try await daemon.published(1)
                    let count = daemon.log.items.count { $0.contains("not enough space") }
                    #expect(count == 1, "what does not change is told once")
                }
                let average = store.directory(of: "lawa").appending("checkpoint-1")
                try AverageExpectation(average: average, steps: [1], trainer: trainer).check()
            }
        }

        @Test("a daemon without inodes leaves nothing in staging, and goes on when there are some again")
        func daemonWithoutInodes() async throws {
            try await withSmallOutput("size=64m,nr_inodes=64") { place, trainer, store in
                try await place.withDaemon { daemon in
                    try await daemon.ready()
                    let fillers = try exhaustInodes(in: place.root.appending("disk"))
                    // Enough for the directories, too few for the files in them.
                    for path in fillers.prefix(3) { try Publication.removeTree(path) }
                    try await trainer.save(1)
                    let line = try await daemon.log.wait(containing: "No space left on device (ENOSPC)")
                    #expect(
                        line.first?.contains("(df -i)") == true && line.first?.contains("the average needs") == true
                    )
                    #expect(try DirectoryListing.entries(of: store.staging.path).isEmpty)
                    for path in fillers.dropFirst(3) { try Publication.removeTree(path) }
                    try await daemon.published(1)
                }
                let average = store.directory(of: "lawa").appending("checkpoint-1")
                try AverageExpectation(average: average, steps: [1], trainer: trainer).check()
            }
        }

        @Test("old averages can be removed where nothing can be made any more")
        func removalOnFullDisk() async throws {
            try await withSmallOutput("size=64m,nr_inodes=64") { place, trainer, store in
                try await trainer.save(1)
                #expect(try await place.once().status == .exited(0))
                let average = try #require(try store.averages(of: "lawa").first)
                _ = try exhaustInodes(in: place.root.appending("disk"))
                try store.remove(average, recipe: "lawa")
                #expect(try DaemonPlace.names(in: store.directory(of: "lawa")) == ["latest"])
                #expect(try DirectoryListing.entries(of: store.staging.path).isEmpty)
            }
        }

        @Test("an average that retention cannot remove is told, and is no obstacle")
        func removalRefused() async throws {
            let retention = ["retention": #"{"keep_last": 1}"#]
            try await withSmallOutput("size=64m", retention) { place, trainer, store in
                try await place.withDaemon { daemon in
                    try await trainer.save(1)
                    try await daemon.published(1)
                    let old = store.directory(of: "lawa").appending("checkpoint-1")
                    try await Machine.withMount("mount --bind '\(old)'", at: old) {
                        try await trainer.save(2)
                        try await daemon.published(2)
                        try await daemon.log.wait(containing: "checkpoint-1", "could not be removed as retention says")
                        #expect(store.latestName(of: "lawa") == "checkpoint-2")
                    }
                    try await trainer.save(3)
                    let removed = ["; removed ", "checkpoint-1", "checkpoint-2, as retention says"]
                    try await daemon.log.wait(containing: removed[0], removed[1], removed[2])
                }
                #expect(try store.averages(of: "lawa").map(\.manifest.name) == ["checkpoint-3"])
            }
        }

        /// Makes empty files in a directory until there is no inode left, and returns their paths.
        private func exhaustInodes(in directory: FilePath) throws -> [FilePath] {
            var made: [FilePath] = []
            do {
                while true {
                    let path = directory.appending("filler-\(made.count)")
                    _ = try File.create(path)
                    made.append(path)
                }
            } catch {
                guard error.isOutOfSpace else { throw error }
                return made
            }
        }
    }
}
