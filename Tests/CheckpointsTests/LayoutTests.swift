import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct LayoutTests {
    /// Names and steps of candidates among real files; a name that ends in "/" becomes a directory.
    private func candidates(_ layout: any TrainerLayout, among names: [String]) throws -> [String: Int] {
        try withTemporaryDirectory { directory in
            try fill(directory, names)
            let found = layout.candidates(in: directory, entries: try DirectoryListing.entries(of: directory))
            #expect(found.allSatisfy { $0.path == directory.appending($0.name) })
            return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.step.value) })
        }
    }

    private func fill(_ directory: FilePath, _ names: [String]) throws {
        for name in names {
            if name.hasSuffix("/") {
                try Publication.makeDirectories(directory.appending(String(name.dropLast())))
            } else {
                try Fixture.write([], to: directory.appending(name))
            }
        }
    }

    private func detect(_ names: [String]) throws -> TrainerLayouts.Detection {
        try withTemporaryDirectory { directory in
            try fill(directory, names)
            return TrainerLayouts.detect(in: directory, entries: try DirectoryListing.entries(of: directory))
        }
    }

    @Test("directories of the Trainer, ordered by number and not by name")
    func huggingFace() throws {
        let found = try candidates(
            HuggingFaceLayout(),
            among: [
                "checkpoint-999/", "checkpoint-1000/", "checkpoint-0/", "checkpoint-lawa/", "checkpoint--5/",
                "checkpoint-10-lawa/", "checkpoint-/", "checkpoint/", "checkpoint_3/", "Checkpoint-7/",
                "tmp-checkpoint-8/", "checkpoint-8.tmp/", "checkpoint-5", "checkpoint-99999999999999999999/",
                "checkpoint- 6/", "checkpoint-٦/", "runs/", "model.safetensors",
            ]
        )
        #expect(found == ["checkpoint-999": 999, "checkpoint-1000": 1000, "checkpoint-0": 0])
        #expect(Step(999) < Step(1000))
    }

    @Test("links are aliases and no checkpoints of their own")
    func links() throws {
        try withTemporaryDirectory { directory in
            try fill(directory, ["checkpoint-5/", "step_5.safetensors"])
            for (link, target) in [
                ("checkpoint-6", "checkpoint-5"), ("checkpoint-7", "nowhere"),
                ("step_6.safetensors", "step_5.safetensors"),
            ] {
                try Publication.replaceSymlink(at: directory.appending(link), target: target)
            }
            let entries = try DirectoryListing.entries(of: directory)
            let directories = HuggingFaceLayout().candidates(in: directory, entries: entries)
            #expect(directories.map(\.name) == ["checkpoint-5"])
            #expect(directories.map(\.unit) == [.directory])
            let files = SafetensorsSeriesLayout().candidates(in: directory, entries: entries)
            #expect(files.map(\.name) == ["step_5.safetensors"])
            #expect(files.map(\.unit) == [.file])
        }
    }

    @Test(
        "of several series in one directory one is followed",
        arguments: [
            (["step_1", "step_10", "step_9"], ["step_1", "step_10", "step_9"]),
            (["epoch=0-step=500", "epoch=1-step=1000"], ["epoch=0-step=500", "epoch=1-step=1000"]),
            (["step_5", "0000100_adapters", "0000200_adapters"], ["step_5"]),
            (["a-1", "a-2", "b-1"], ["a-1", "a-2"]),
            (["b-1", "a-1"], ["a-1"]),
            (["a-step1", "b-step1", "b-step2", "c-1", "c-2", "c-3"], ["b-step1", "b-step2"]),
            (["0000100_adapters", "0000200_adapters", "adapters"], ["0000100_adapters", "0000200_adapters"]),
            (["model", "model-00001-of-00002", "model-00002-of-00002"], []),
        ] as [([String], [String])]
    )
    func series(stems: [String], chosen: [String]) throws {
        let found = try candidates(SafetensorsSeriesLayout(), among: stems.map { "\($0).safetensors" })
        #expect(found.keys.sorted() == chosen.map { "\($0).safetensors" }.sorted())
    }

    @Test(
        "a directory named like a file of a series is none",
        arguments: [["step_5.safetensors/"], ["step_5.safetensors.tmp", ".tmpAbCdEf"]]
    )
    func noSeries(names: [String]) throws {
        #expect(try candidates(SafetensorsSeriesLayout(), among: names).isEmpty)
    }

    @Test(
        "the layout is found out from names",
        arguments: [
            (["checkpoint-5/"], "huggingface"),
            (["checkpoint-5/", "model.safetensors", "model-00001-of-00002.safetensors"], "huggingface"),
            (["step_5.safetensors"], "safetensors-series"),
            (["checkpoint-5.safetensors"], "safetensors-series"),
        ]
    )
    func detection(names: [String], layout: String) throws {
        guard case .layout(let found) = try detect(names) else {
            Issue.record("no layout for \(names)")
            return
        }
        #expect(found.name == layout)
        #expect(TrainerLayouts.named(layout)?.name == layout)
    }

    @Test(
        "nothing is found out where no name fits",
        arguments: [[], ["model.safetensors"], ["checkpoint-5"], ["checkpoint-lawa/"], [".tmpAbCdE1"]]
    )
    func nothingYet(names: [String]) throws {
        guard case .nothingYet = try detect(names) else {
            Issue.record("a layout for \(names)")
            return
        }
    }

    @Test("two layouts that fit are told, not guessed between")
    func ambiguous() throws {
        guard case .ambiguous(let names) = try detect(["checkpoint-5/", "step_5.safetensors"]) else {
            Issue.record("not ambiguous")
            return
        }
        #expect(names == ["huggingface", "safetensors-series"])
        #expect(TrainerLayouts.named(TrainerLayouts.automaticName) == nil)
    }
}
