import Averaging
import Checkpoints
import ControlProtocol
import FoundationEssentials
import LinuxSystem
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import DaemonCore

/// Names, manifests and configurations may hold any number, and none of them may end the daemon.
@Suite struct ExtremeNumbersTests {
    private static let recipes = [
        Recipe(name: "lawa", window: .last(2)),
        Recipe(name: "wide", window: .steps(.max), everySteps: .max),
        Recipe(name: "narrow", window: .steps(1), minimumMembers: 1, everySteps: 1),
    ]

    private func pipeline(_ run: RunDirectory) -> Pipeline {
        var configuration = run.configuration()
        configuration.recipes = Self.recipes
        return Pipeline(
            board: StatusBoard(configuration: configuration),
            store: run.store,
            log: DaemonLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, instance: "test")
        )
    }

    /// Looks, averages what is due, and tells everything that clients can ask for.
    private func settle(_ pipeline: Pipeline) -> String {
        pipeline.restoreOutput()
        var looker = Looker(pipeline: pipeline, inotify: nil)
        looker.look(thoroughly: true) {}
        for _ in 0..<20 {
            guard let job = pipeline.nextJob(now: .now) else { break }
            _ = pipeline.perform(job, control: AveragingControl())
            looker.look(thoroughly: true) {}
        }
        #expect(pipeline.nextJob(now: .now) == nil)
        let reports = StatusReports(
            pipeline: pipeline,
            state: pipeline.board.snapshot,
            identity: DaemonIdentity(instance: "test", startedAt: .now)
        )
        _ = reports.checkpoints(ReportPage())
        _ = reports.averages(ReportPage())
        return Metrics(reports: reports).text
    }

    @Test(
        "steps as large as names can tell",
        arguments: [[Int.max], [Int.max - 1, Int.max], [0, Int.max], [1, 1 << 62, Int.max], [0, 1, 2]]
    )
    func steps(steps: [Int]) throws {
        let run = try RunDirectory()
        for step in steps { try run.save(step) }
        let text = settle(pipeline(run))
        #expect(text.contains("lawad_window_members{recipe=\"wide\"}"))
    }

    @Test(
        "manifests with numbers of any size among the averages",
        arguments: [Int.min, -1, 0, 1 << 53, Int.max]
    )
    func manifests(number: Int) throws {
        let run = try RunDirectory()
        try run.save(10, 20, 30)
        _ = settle(pipeline(run))
        let directory = run.store.directory(of: "lawa")
        let whole = try ManifestFile.read(directory.appending("checkpoint-30/lawa.json"))
        for (index, change) in Self.changes.enumerated() {
            var manifest = whole
            manifest.name = "checkpoint-\(40 + index)"
            change(&manifest, number)
            for recipe in Self.recipes {
                let place = run.store.directory(of: recipe.name).appending(manifest.name)
                try Publication.makeDirectories(place)
                try Fixture.write(ManifestFile.encode(manifest), to: place.appending("lawa.json"))
            }
        }
        let restarted = pipeline(run)
        _ = settle(restarted)
        try run.save(35)
        _ = settle(restarted)
        #expect(try FileStatus.ifPresent(directory.appending("checkpoint-35/lawa.json")) != nil)
    }

    private static let changes: [@Sendable (inout AverageManifest, Int) -> Void] = [
        { $0.step = $1 }, { $0.sequence = $1 }, { $0.members[0].step = $1 }, { $0.bytesRead = $1 },
        { manifest, number in
            manifest.files[0].size = number
            manifest.files.append(manifest.files[0])
        },
        { manifest, number in
            for index in manifest.members.indices {
                manifest.members[index].step = number
                manifest.members[index].files[0].size = number
            }
        },
        { manifest, number in
            manifest.step = number
            manifest.sequence = number
            manifest.files[0].size = number
        },
    ]
}
