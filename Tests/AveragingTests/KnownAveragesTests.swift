import Averaging
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Averages that were found before are not read again unless their manifests changed.
@Suite struct KnownAveragesTests {
    private func withPlace(_ body: (StorePlace) throws -> Void) throws {
        try withTemporaryDirectory { try body(StorePlace($0)) }
    }

    /// Writes a manifest again with another word in it, at the same size and time and in the same file.
    private func alterUnseen(_ path: FilePath) throws {
        let time = try FileStatus.of(path).modificationTime
        let text = String(decoding: try Fixture.read(path), as: UTF8.self)
        let altered = text.replacing(#""program" : "test""#, with: #""program" : "else""#)
        try #require(altered != text)
        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter {
            try file.writeAll(altered.utf8)
            let value = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
            try #require(futimens(file.rawValue, [value, value]) == 0)
        }
    }

    @Test("a manifest that did not change is not read again", arguments: [true, false])
    func unchanged(asFile: Bool) throws {
        try withPlace { place in
            let average = try asFile ? place.publishFile(20, value: 1) : place.publish("checkpoint-20")
            let known = try place.store.averages(of: "lawa")
            let manifest = asFile ? FilePath(average.path.string + ".lawa.json") : average.path.appending("lawa.json")
            try alterUnseen(manifest)
            #expect(try place.store.averages(of: "lawa").map(\.manifest.program) == ["else"])
            #expect(try place.store.listing(of: "lawa", known: known).averages.map(\.manifest.program) == ["test"])
        }
    }

    @Test("what was published again, removed or added is seen")
    func changed() throws {
        try withPlace { place in
            try place.publish("checkpoint-20", value: 1)
            let removed = try place.publish("checkpoint-30")
            let known = try place.store.averages(of: "lawa")
            try place.publish("checkpoint-20", value: 5)
            try place.store.remove(removed, recipe: "lawa")
            try place.publish("checkpoint-40")
            let found = try place.store.listing(of: "lawa", known: known).averages
            #expect(found.map(\.manifest.name) == ["checkpoint-20", "checkpoint-40"])
            #expect(found.map(\.manifest) == (try place.store.averages(of: "lawa")).map(\.manifest))
            #expect(found.first?.manifest != known.first?.manifest)
        }
    }

    @Test("an average whose manifest broke or went is passed over although it was known")
    func lost() throws {
        try withPlace { place in
            let (broken, gone) = (try place.publish("checkpoint-20"), try place.publish("checkpoint-30"))
            let known = try place.store.averages(of: "lawa")
            try Fixture.write([1], to: broken.path.appending("lawa.json"))
            try Publication.removeTree(gone.path.appending("lawa.json"))
            #expect(try place.store.listing(of: "lawa", known: known).averages.isEmpty)
        }
    }

    @Test("what was published in this process is read once, for nothing says that its file is as it was written")
    func published() throws {
        try withPlace { place in
            let average = try place.publish("checkpoint-20")
            try alterUnseen(average.path.appending("lawa.json"))
            #expect(try place.store.listing(of: "lawa", known: [average]).averages.map(\.manifest.program) == ["else"])
        }
    }
}
