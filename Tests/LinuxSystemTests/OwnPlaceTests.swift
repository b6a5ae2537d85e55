import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct OwnPlaceTests {
    @Test("a place is made with those above it, with its mode, and found again")
    func made() throws {
        try withTemporaryDirectory { directory in
            let root = OwnPlace(root: directory.appending("a/b"))
            let place = root.place(".private", mode: 0o700).place("pins")
            #expect(try place.open() == nil)
            let made = try place.make()
            #expect(made.path == directory.appending("a/b/.private/pins"))
            #expect(try FileStatus.of(directory.appending("a/b/.private")).mode == 0o700)
            #expect(try place.open()?.identity == made.identity)
            try Fixture.write([1], to: made.anchor.appending("f"))
            #expect(try Fixture.read(directory.appending("a/b/.private/pins/f")) == [1])
        }
    }

    @Test("a link in the place of any of them is refused by name, and what it leads to stays", arguments: 0...2)
    func links(position: Int) throws {
        try withTemporaryDirectory { directory in
            let names = ["one", "two", "three"]
            try Publication.makeDirectories(directory.appending("precious/three"))
            let parent = names[..<position].reduce(directory.appending("root")) { $0.appending($1) }
            try Publication.makeDirectories(parent)
            try Publication.replaceSymlink(
                at: parent.appending(names[position]),
                target: directory.appending("precious").string
            )
            let place = names.reduce(OwnPlace(root: directory.appending("root"))) { $0.place($1) }
            for attempt in [{ _ = try place.open() }, { _ = try place.make() }] {
                let error = #expect(throws: SystemCallError.self, performing: attempt)
                #expect(error?.path == parent.appending(names[position]))
                #expect(error?.destination == directory.appending("precious"))
                #expect(error?.description.contains("remove the link") == true)
            }
            #expect(try DirectoryListing.entries(of: directory.appending("precious")).map(\.name) == ["three"])
        }
    }

    @Test("a root that is swapped for a link is not followed, for it is held")
    func held() throws {
        try withTemporaryDirectory { directory in
            let place = OwnPlace(root: directory.appending("root")).place("pins")
            _ = try place.make()
            try Publication.makeDirectories(directory.appending("else"))
            try Publication.replace(directory.appending("aside"), by: directory.appending("root"))
            try Publication.replaceSymlink(at: directory.appending("root"), target: "else")
            let pins = try place.make()
            try Fixture.write([1], to: pins.anchor.appending("f"))
            #expect(try DirectoryListing.entries(of: directory.appending("else")).isEmpty)
            #expect(try Fixture.read(directory.appending("aside/pins/f")) == [1])
        }
    }

    @Test("a file in the place of a directory is an error that names it")
    func file() throws {
        try withTemporaryDirectory { directory in
            try Fixture.write([1], to: directory.appending("pins"))
            let error = #expect(throws: SystemCallError.self) { try OwnPlace(root: directory).place("pins").make() }
            #expect(error?.path == directory.appending("pins"))
        }
    }

    @Test("one process at a time has the lock of a directory")
    func lock() throws {
        try withTemporaryDirectory { directory in
            let (first, second) = (try HeldDirectory(directory), try HeldDirectory(directory))
            #expect(try first.lock())
            #expect(try !second.lock())
            first.keep()
        }
    }

    @Test("errors of what lies below a descriptor name the path, also once the descriptor is closed")
    func presented() throws {
        try withTemporaryDirectory { directory in
            let held = try HeldDirectory(directory)
            let error = #expect(throws: SystemCallError.self) { try FileStatus.of(held.anchor.appending("none")) }
            #expect(error?.path == directory.appending("none"))
            held.keep()
            let closed = SystemCallError(call: "open", path: "/proc/self/fd/987654/x", errorNumber: 2)
            #expect(closed.path == "/proc/self/fd/987654/x")
        }
    }
}
