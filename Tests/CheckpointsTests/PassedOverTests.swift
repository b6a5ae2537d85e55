import Checkpoints
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// Entries that are named as checkpoints and are something else.
@Suite struct PassedOverTests {
    private func passedOver(
        _ layout: String,
        _ names: [String],
        links: [String: String] = [:],
        pipes: [String] = []
    ) throws -> [String: FileKind] {
        try withTemporaryDirectory { directory in
            try LayoutListing.fill(directory, names)
            for (name, target) in links {
                try Publication.replaceSymlink(at: directory.appending(name), target: target)
            }
            for name in pipes {
                let outcome = directory.appending(name).withPlatformString { mkfifo($0, 0o600) }
                try #require(outcome == 0)
            }
            let entries = try DirectoryListing.entries(of: directory)
            let layout = try #require(TrainerLayouts.named(layout))
            let counted = layout.candidates(in: directory, entries: entries).map(\.name)
            let found = layout.passedOver(
                in: directory,
                entries: entries,
                counted: layout.candidates(in: directory, entries: entries)
            )
            #expect(Set(found.map(\.name)).isDisjoint(with: counted))
            return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.kind) })
        }
    }

    @Test("a link to a directory elsewhere, a file and a pipe among directories")
    func directories() throws {
        let found = try passedOver(
            "huggingface",
            ["checkpoint-1/", "checkpoint-2", "config.json", "runs/"],
            links: ["checkpoint-3": "/elsewhere/checkpoint-3", "latest": "checkpoint-1"],
            pipes: ["checkpoint-4", "pipe"]
        )
        #expect(found == ["checkpoint-2": .regular, "checkpoint-3": .symbolicLink, "checkpoint-4": .other])
    }

    @Test("a directory, a link and a pipe among files; aliases by name are none")
    func files() throws {
        let found = try passedOver(
            "lightning",
            ["epoch=0-step=10.ckpt", "epoch=1-step=20.ckpt/", "hparams.yaml"],
            links: ["last.ckpt": "epoch=0-step=10.ckpt", "epoch=2-step=30.ckpt": "nowhere"],
            pipes: ["epoch=3-step=40.ckpt"]
        )
        #expect(
            found == [
                "epoch=1-step=20.ckpt": .directory, "epoch=2-step=30.ckpt": .symbolicLink,
                "epoch=3-step=40.ckpt": .other,
            ]
        )
    }

    @Test("nothing where everything counts, nor where nothing is named as a checkpoint")
    func nothing() throws {
        #expect(try passedOver("huggingface", ["checkpoint-1/", "checkpoint-2/", "a"], links: ["b": "a"]).isEmpty)
        #expect(try passedOver("lightning", ["epoch=0-step=10.ckpt", "last.ckpt", "logs/"]).isEmpty)
        #expect(try passedOver("timm", []).isEmpty)
    }

    @Test("where links are all there is")
    func links() throws {
        let found = try passedOver("timm", [], links: ["checkpoint-1.pth.tar": "last.pth.tar"])
        #expect(found == ["checkpoint-1.pth.tar": .symbolicLink])
    }

    @Test("links that would make another series the longest do not turn its files into odd ones")
    func series() throws {
        let found = try passedOver(
            "torch-series",
            ["a-1.pt", "a-2.pt", "a-3.pt", "b-1.pt", "b-2.pt"],
            links: ["b-3.pt": "b-1.pt", "b-4.pt": "b-1.pt"]
        )
        #expect(found == ["b-3.pt": .symbolicLink, "b-4.pt": .symbolicLink])
    }
}
