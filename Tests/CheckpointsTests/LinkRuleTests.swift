import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

/// Files of several users are made by root alone.
@Suite(.enabled(if: geteuid() == 0, "making files of other users needs root")) struct LinkRuleTests {
    /// Checks a link of user `link` in a checkpoint that leads to a file of user `target` in or out of the run.
    private func check(link: UInt32, target: UInt32, isInside: Bool, isNeeded: Bool = true) throws {
        try withTemporaryDirectory { directory in
            let run = directory.appending("run")
            try Publication.makeDirectories(run.appending("checkpoint-1"))
            let file = isInside ? run.appending("common") : directory.appending("secret")
            try Fixture.write([1], to: file)
            try #require(chown(file.string, target, target) == 0)
            let entry = run.appending("checkpoint-1/config.json")
            try Publication.replaceSymlink(at: entry, target: isInside ? "../common" : "../../secret")
            try #require(lchown(entry.string, link, link) == 0)
            try LinkRule(run: run, isNeeded: isNeeded).check(entry, named: "config.json", target: FileStatus.of(entry))
        }
    }

    @Test("a link that leaves the run to another user's file is refused by name")
    func refused() {
        let error = #expect(throws: Incompleteness.self) { try check(link: 1001, target: 0, isInside: false) }
        guard case .leavesRun("config.json", let target) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(target.hasSuffix("/secret"))
        #expect(error?.isTransient == false)
    }

    @Test(
        "other links are followed",
        arguments: [(1001, 0, true), (1001, 1001, false), (0, 1002, false)] as [(UInt32, UInt32, Bool)]
    )
    func followed(link: UInt32, target: UInt32, isInside: Bool) throws {
        try check(link: link, target: target, isInside: isInside)
    }

    @Test("without special rights the kernel decides")
    func unprivileged() throws {
        try check(link: 1001, target: 0, isInside: false, isNeeded: false)
    }

    @Test("what a checkpoint's files are is not asked of a link that was planted")
    func files() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("run/checkpoint-1")
            try Publication.makeDirectories(path)
            try Fixture.write([1], to: directory.appending("secret"))
            try Publication.replaceSymlink(at: path.appending("config.json"), target: "../../secret")
            try #require(lchown(path.appending("config.json").string, 1001, 1001) == 0)
            let candidate = try #require(
                HuggingFaceLayout().candidates(
                    in: path.removingLastComponent(),
                    entries: DirectoryListing.entries(of: path.removingLastComponent())
                ).first
            )
            #expect(throws: Incompleteness.self) { try CandidateFiles(of: candidate) }
        }
    }
}
