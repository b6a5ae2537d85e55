import Averaging
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import DaemonCore

@Suite struct PlaceRulesTests {
    private func configuration(_ watch: FilePath, _ output: FilePath, socket: FilePath? = nil) -> Configuration {
        var configuration = Configuration(watch: watch)
        configuration.output = output
        configuration.control.socket = socket
        return configuration
    }

    @Test(
        "places that lie in each other are refused by their names",
        arguments: [
            ("/x/run", "/x/run", "output"), ("/x/run", "/x/run/out", "output"), ("/x/lawa", "/x", "watch"),
            ("/x/lawa/deeper", "/x", "watch"), ("/x/.lawad", "/x", "watch"), ("/x/.lawad/pins", "/x", "watch"),
            ("/x/.lawad/staging/average", "/x", "watch"),
        ] as [(FilePath, FilePath, String)]
    )
    func spelled(watch: FilePath, output: FilePath, key: String) {
        let problems = PlaceRules(configuration: configuration(watch, output)).problems
        #expect(problems.map(\.key) == [key])
    }

    @Test("a socket in the watched directory is refused, and what lies beside it is not")
    func sockets() {
        let inside = PlaceRules(configuration: configuration("/x/run", "/x/out", socket: "/x/run/s.sock")).problems
        #expect(inside.map(\.key) == ["control.socket"])
        #expect(PlaceRules(configuration: configuration("/x/run", "/x/out", socket: "/x/s.sock")).problems.isEmpty)
        #expect(PlaceRules(configuration: configuration("/x/run", "/x/run.lawa")).problems.isEmpty)
        #expect(PlaceRules(configuration: configuration("/x/out/run", "/x/out")).problems.isEmpty)
    }

    @Test(
        "they are refused by where links lead",
        arguments: [
            ("run", "out/lawa", "../run", "watch"), ("run", "out/.lawad", "../run", "watch"),
            ("run", "out", "run/checkpoint-10", "output"), ("run", "out", "run", "output"),
        ]
    )
    func linked(watch: String, link: String, target: String, key: String) throws {
        try withTemporaryDirectory { directory in
            try Publication.makeDirectories(directory.appending("run/checkpoint-10"))
            try Publication.makeDirectories(directory.appending(link).removingLastComponent())
            try Publication.replaceSymlink(at: directory.appending(link), target: target)
            let rules = PlaceRules(configuration: configuration(directory.appending(watch), directory.appending("out")))
            #expect(rules.problems.isEmpty)
            let problems = rules.problemsOnDisk
            #expect(problems.map(\.key) == [key])
            #expect(problems.first?.problem.contains("which leads to") == true)
        }
    }

    @Test("a watched directory that is a link into the output is refused; a file is no run")
    func watchedLink() throws {
        try withTemporaryDirectory { directory in
            try Publication.makeDirectories(directory.appending("out/lawa"))
            try Publication.replaceSymlink(at: directory.appending("run"), target: "out/lawa")
            let rules = PlaceRules(configuration: configuration(directory.appending("run"), directory.appending("out")))
            #expect(rules.problemsOnDisk.map(\.key) == ["watch"])
            try Fixture.write([1], to: directory.appending("file"))
            let file = configuration(directory.appending("file"), directory.appending("else"))
            #expect(
                PlaceRules(configuration: file).problemsOnDisk.map(\.problem).first?.contains("regular file") == true
            )
        }
    }
}
