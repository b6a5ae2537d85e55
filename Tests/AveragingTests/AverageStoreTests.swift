import Averaging
import Checkpoints
import LinuxSystem
import Synchronization
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct AverageStoreTests {
    private func withPlace(_ body: (StorePlace) throws -> Void) throws {
        try withTemporaryDirectory { try body(StorePlace($0)) }
    }

    @Test("an average appears under its name, latest points at it, nothing is left in staging")
    func publish() throws {
        try withPlace { place in
            #expect(try place.names().isEmpty)
            let average = try place.publish("checkpoint-20")
            #expect(average.path == place.recipe.appending("checkpoint-20"))
            #expect(average.step == Step(20))
            #expect(place.latest == "checkpoint-20")
            #expect(try place.names() == ["checkpoint-20"])
            #expect(
                try DirectoryListing.entries(of: average.path).map(\.name)
                    == ["config.json", "lawa.json", "model.safetensors"]
            )
            #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
            #expect(try place.store.averages(of: "lawa").map(\.manifest) == [average.manifest])
        }
    }

    @Test("averages are in the order of their steps as numbers")
    func order() throws {
        try withPlace { place in
            for step in [1000, 999, 20] { try place.publish("checkpoint-\(step)") }
            #expect(try place.names() == ["checkpoint-20", "checkpoint-999", "checkpoint-1000"])
            #expect(place.latest == "checkpoint-20", "the one published last")
        }
    }

    @Test("an average of the same name is replaced as a whole")
    func replace() throws {
        try withPlace { place in
            try place.publish("checkpoint-20", value: 2)
            try Fixture.write([1], to: place.recipe.appending("checkpoint-20").appending("stale"))
            let average = try place.publish("checkpoint-20", value: 5)
            #expect(
                try DirectoryListing.entries(of: average.path).map(\.name)
                    == ["config.json", "lawa.json", "model.safetensors"]
            )
            #expect(
                try Fixture.read(average.path.appending("model.safetensors"))
                    == SyntheticTensor.file([SyntheticTensor("w", [5, 5, 5, 5])])
            )
            #expect(try place.names() == ["checkpoint-20"])
            #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
        }
    }

    @Test("a single file is published with its manifest beside it, and replaced with it")
    func files() throws {
        try withPlace { place in
            _ = try place.publishFile(7, value: 1)
            let average = try place.publishFile(7, value: 2)
            #expect(average.path == place.recipe.appending("step_7.safetensors"))
            #expect(
                try DirectoryListing.entries(of: place.recipe).map(\.name)
                    == ["latest", "step_7.safetensors", "step_7.safetensors.lawa.json"]
            )
            #expect(place.latest == "step_7.safetensors")
            #expect(try place.store.averages(of: "lawa").map(\.manifest) == [average.manifest])
            #expect(try Fixture.read(average.path) == SyntheticTensor.file([SyntheticTensor("w", [2, 3.5])]))
            try place.store.remove(average, recipe: "lawa")
            #expect(try DirectoryListing.entries(of: place.recipe).map(\.name) == ["latest"])
        }
    }

    @Test("what is removed is gone, the rest stays")
    func remove() throws {
        try withPlace { place in
            let first = try place.publish("checkpoint-10")
            try place.publish("checkpoint-20")
            try place.store.remove(first, recipe: "lawa")
            #expect(try place.names() == ["checkpoint-20"])
            #expect(try FileStatus.ifPresent(first.path) == nil)
            #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
            try place.store.remove(first, recipe: "lawa")
            #expect(try place.names() == ["checkpoint-20"])
        }
    }

    @Test("a removal that failed after the manifest was taken away is ended by the next one, or at the next start")
    func brokenRemoval() throws {
        for isRestarted in [false, true] {
            try withPlace { place in
                let averages = try [7, 8, 9].map { try place.publishFile($0, value: 1) }
                // As it lies where the call fails that brings the manifest's new name to the disk.
                let manifest = FilePath(averages[0].path.string + AverageManifest.fileSuffix)
                let trace = place.store.staging.path.appending("removed.lawa.json")
                try Publication.publish(staged: manifest, as: trace)
                if isRestarted { try place.store.prepare() }
                try place.store.remove(averages[1], recipe: "lawa")
                #expect(
                    try DirectoryListing.entries(of: place.recipe).map(\.name)
                        == ["latest", "step_9.safetensors", "step_9.safetensors.lawa.json"]
                )
                #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
            }
        }
    }

    @Test("what a crash left in staging is cleared at the next start; pins and averages stay")
    func prepare() throws {
        try withPlace { place in
            try place.publish("checkpoint-20")
            let pins = place.store.privatePlace.path.appending("pins")
            try Publication.makeDirectories(pins.appending("checkpoint-10"))
            let orphan = place.store.staging.path.appending("average").appending("checkpoint-30")
            try Publication.makeDirectories(orphan)
            try Fixture.write([1], to: orphan.appending("model.safetensors"))
            #expect(try place.names() == ["checkpoint-20"])
            try place.store.prepare()
            #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
            #expect(try FileStatus.ifPresent(pins.appending("checkpoint-10")) != nil)
            #expect(try place.names() == ["checkpoint-20"])
            #expect(try FileStatus.of(place.store.privatePlace.path).mode == 0o700)
            #expect(try FileStatus.of(place.store.staging.path).mode == 0o700)
        }
    }

    @Test("what others put among the averages is passed over")
    func foreign() throws {
        try withPlace { place in
            let average = try place.publish("checkpoint-20")
            let recipe = place.recipe
            try Publication.makeDirectories(recipe.appending("empty"))
            try Publication.makeDirectories(recipe.appending("odd").appending("lawa.json"))
            try Publication.makeDirectories(recipe.appending("broken"))
            try Fixture.write([1], to: recipe.appending("broken").appending("lawa.json"))
            try Fixture.write([1], to: recipe.appending("model.safetensors"))
            try Fixture.write([1], to: recipe.appending("orphan.safetensors.lawa.json"))
            try Publication.replaceSymlink(at: recipe.appending("best"), target: "checkpoint-20")
            try Publication.replaceSymlink(at: recipe.appending("odd").appending("link"), target: "nowhere")
            try Publication.makeDirectories(recipe.appending("dangling"))
            try Publication.replaceSymlink(at: recipe.appending("dangling").appending("lawa.json"), target: "nowhere")
            #expect(try place.store.averages(of: "lawa").map(\.path) == [average.path])
        }
    }

    @Test("a copy that somebody keeps under a name of his own is his")
    func copies() throws {
        try withPlace { place in
            let average = try place.publish("checkpoint-20")
            let copy = place.recipe.appending("keep-this")
            try Publication.makeDirectories(copy)
            for entry in try DirectoryListing.entries(of: average.path) {
                try Publication.copyFile(average.path.appending(entry.name), to: copy.appending(entry.name))
            }
            #expect(try place.store.averages(of: "lawa").map(\.path) == [average.path])
        }
    }

    @Test("recipes have directories of their own")
    func recipes() throws {
        try withPlace { place in
            try place.publish("checkpoint-20")
            #expect(try place.store.averages(of: "other").isEmpty)
            #expect(place.store.directory(of: "other") == place.store.root.appending("other"))
        }
    }

    @Test("an average that cannot be published leaves nothing in staging")
    func unpublished() throws {
        try withPlace { place in
            try Fixture.write([1], to: place.recipe)
            #expect(throws: SystemCallError.self) { try place.publish("checkpoint-20") }
            #expect(try DirectoryListing.entries(of: place.store.staging.path).isEmpty)
            #expect(try Fixture.read(place.recipe) == [1])
        }
    }

    @Test("what latest names is told; without a link nothing is")
    func latestName() throws {
        try withPlace { place in
            #expect(place.store.latestName(of: "lawa") == nil)
            try place.publish("checkpoint-20")
            #expect(place.store.latestName(of: "lawa") == "checkpoint-20")
            try Publication.removeTree(place.recipe.appending("latest"))
            try Fixture.write([1], to: place.recipe.appending("latest"))
            #expect(place.store.latestName(of: "lawa") == nil)
        }
    }

    @Test("readers see the old average or the new one, and always a latest, while one is replaced 60 times")
    func concurrentReaders() throws {
        try withPlace { place in
            let windows = try [Float(1), 2].map {
                try place.window("checkpoint-20", value: $0, run: "run-\($0)", elements: 20_000)
            }
            let first = try place.publish(windows[0])
            let byteCount = try FileStatus.of(first.path.appending("model.safetensors")).size
            let isDone = Atomic(false)
            let problem = Mutex<(any Error)?>(nil)
            let reads = Atomic(0)
            BlockingThreads.run(count: 2, name: "publish") { index in
                do {
                    if index == 0 {
                        defer { isDone.store(true, ordering: .releasing) }
                        for round in 1...60 {
                            try place.publish(windows[round % 2])
                        }
                    } else {
                        while !isDone.load(ordering: .acquiring) {
                            try read(place.recipe, byteCount: byteCount)
                            reads.wrappingAdd(1, ordering: .relaxed)
                        }
                    }
                } catch {
                    problem.withLock { $0 = error }
                }
            }
            if let problem = problem.withLock({ $0 }) { throw problem }
            #expect(reads.load(ordering: .relaxed) > 10)
        }
    }

    private func read(_ recipe: FilePath, byteCount: Int) throws {
        for name in ["latest", "checkpoint-20"] {
            let path = recipe.appending(name)
            #expect(try Fixture.read(path.appending("config.json")) == Array("{}".utf8))
            #expect(try ManifestFile.read(path.appending("lawa.json")).files.map(\.size) == [byteCount])
            let bytes = try Fixture.read(path.appending("model.safetensors"))
            #expect(bytes.count == byteCount)
            let payload = bytes.suffix(80_000)
            #expect(Array(payload.dropFirst(4)) == Array(payload.dropLast(4)), "one value throughout")
        }
    }
}
