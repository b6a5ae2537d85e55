import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct RunHistoryTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let saved: [SavedCheckpoint]
        let current: [Int]
        var superseded: [Int] = []
        /// The steps between which it went back.
        var wentBack: [Int] = []

        init(
            _ description: String,
            _ saved: [SavedCheckpoint],
            current: [Int],
            superseded: [Int] = [],
            wentBack: [Int] = []
        ) {
            testDescription = description
            self.saved = saved
            self.current = current
            self.superseded = superseded
            self.wentBack = wentBack
        }
    }

    private static func steady(_ steps: [Int], from start: Int = 0, every pause: Int = 60_000) -> [SavedCheckpoint] {
        steps.enumerated().map { SavedCheckpoint($0.element, at: start + $0.offset * pause) }
    }

    private static let rows = [
        Row("nothing", [], current: []),
        Row("one", steady([5]), current: [5]),
        Row("a run that goes on", steady([10, 20, 30]), current: [10, 20, 30]),
        Row(
            "resumed from an earlier step",
            steady([1000, 1500, 2000]) + steady([1200], from: 300_000),
            current: [1200],
            superseded: [1000, 1500, 2000],
            wentBack: [2000, 1200]
        ),
        Row(
            "begun again beside old checkpoints of higher steps",
            steady([5000, 6000]) + steady([100, 200, 300], from: 900_000),
            current: [100, 200, 300],
            superseded: [5000, 6000],
            wentBack: [6000, 100]
        ),
        Row(
            "begun again, and beyond the old ones by now",
            steady([50, 60]) + steady([10, 70, 80], from: 900_000),
            current: [10, 70, 80],
            superseded: [50, 60],
            wentBack: [60, 10]
        ),
        Row(
            "gone back twice: only what follows the last time counts",
            steady([10, 20, 30, 15, 25, 12, 22]),
            current: [12, 22],
            superseded: [10, 15, 20, 25, 30],
            wentBack: [25, 12]
        ),
        Row(
            "a copied directory, in the order of names",
            steady([1000, 1500, 500], every: 3),
            current: [500, 1000, 1500]
        ),
        Row(
            "a copied directory, in random order",
            steady([30, 10, 50, 20, 40], every: 40),
            current: [10, 20, 30, 40, 50]
        ),
        Row(
            "a copied directory whose last is not its highest, and a run that resumes from its middle",
            steady([1000, 1500, 500], every: 3) + steady([1200, 1400], from: 60_000),
            current: [1200, 1400],
            superseded: [500, 1000, 1500],
            wentBack: [1500, 1200]
        ),
        Row(
            "a copied directory and a run that goes on from it",
            steady([1000, 1500, 500], every: 3) + steady([2000], from: 60_000),
            current: [500, 1000, 1500, 2000]
        ),
        Row("all at one time", steady([30, 10, 20], every: 0), current: [10, 20, 30]),
        Row(
            "two at one time after a pause: none of them is below the other",
            steady([10, 20]) + steady([40, 30], from: 600_000, every: 0),
            current: [10, 20, 30, 40]
        ),
        Row(
            "the same step once more",
            steady([10, 20]) + [SavedCheckpoint(20, at: 600_000, name: "b")],
            current: [10, 20, 20]
        ),
        Row(
            "finished late: its first file is older than the next one's",
            [SavedCheckpoint(20, at: 0, 90_000), SavedCheckpoint(10, at: 60_000)],
            current: [10, 20]
        ),
        Row(
            "finished later than what comes after the next one",
            [SavedCheckpoint(20, at: 0, 200_000), SavedCheckpoint(30, at: 60_000), SavedCheckpoint(10, at: 120_000)],
            current: [10, 20, 30]
        ),
        Row(
            "a lower step begun while a higher one was written, and finished after it",
            [SavedCheckpoint(20, at: 0, 50), SavedCheckpoint(10, at: 40, 90_000)],
            current: [10, 20]
        ),
        Row(
            "evidence that rotation removed",
            steady([1000]) + steady([1500], from: 600_000),
            current: [1000, 1500]
        ),
        Row(
            "times before 1970",
            steady([20, 10], from: -1_800_000_000_000),
            current: [10],
            superseded: [20],
            wentBack: [20, 10]
        ),
        Row(
            "times in the future",
            steady([10, 20]) + [SavedCheckpoint(30, at: 700_000_000_000), SavedCheckpoint(5, at: 700_000_060_000)],
            current: [5],
            superseded: [10, 20, 30],
            wentBack: [30, 5]
        ),
        Row(
            "50 ms apart is not yet a pause, the time of copying its thousand bytes included",
            [SavedCheckpoint(20, at: 0), SavedCheckpoint(10, at: 50)],
            current: [10, 20]
        ),
        Row(
            "51 ms apart is",
            [SavedCheckpoint(20, at: 0), SavedCheckpoint(10, at: 51)],
            current: [10],
            superseded: [20],
            wentBack: [20, 10]
        ),
        Row(
            "half a gigabyte takes ten seconds to copy, in all of its files",
            [SavedCheckpoint(20, at: 0), SavedCheckpoint(10, at: 10_000, 10_020, byteCount: 250_000_000)],
            current: [10, 20]
        ),
        Row(
            "a pause longer than that",
            [SavedCheckpoint(20, at: 0), SavedCheckpoint(10, at: 10_051, 10_060, byteCount: 250_000_000)],
            current: [10],
            superseded: [20],
            wentBack: [20, 10]
        ),
        Row(
            "an optimizer's state that is copied after the weights is no pause either",
            [SavedCheckpoint(20, at: 0, ended: 30_000), SavedCheckpoint(10, at: 30_040, ended: 60_000)],
            current: [10, 20]
        ),
        Row(
            "a pause after the optimizer's state",
            [SavedCheckpoint(20, at: 0, ended: 30_000), SavedCheckpoint(10, at: 30_060, ended: 60_000)],
            current: [10],
            superseded: [20],
            wentBack: [20, 10]
        ),
    ]

    @Test(arguments: rows)
    func courses(row: Row) throws {
        try withTemporaryDirectory { directory in
            let checkpoints = try row.saved.map { try $0.write(in: directory) }
            for order in [checkpoints, checkpoints.reversed(), checkpoints.sorted { $0.name < $1.name }] {
                let history = RunHistory(of: order)
                #expect(history.current.map(\.step.value) == row.current)
                #expect(history.superseded.map(\.step.value) == row.superseded)
                let ends = history.wentBack.map { [$0.last.step.value, $0.first.step.value] }
                #expect(ends ?? [] == row.wentBack)
            }
        }
    }

    @Test("a time in the future is no evidence")
    func future() throws {
        try withTemporaryDirectory { directory in
            let saved = [
                SavedCheckpoint(10, at: 900_000_000), SavedCheckpoint(20, at: 0), SavedCheckpoint(30, at: 60_000),
            ]
            let checkpoints = try saved.map { try $0.write(in: directory) }
            let now = checkpoints[2].modified + 1
            #expect(RunHistory(of: checkpoints, now: now).current.map(\.step.value) == [10, 20, 30])
            #expect(RunHistory(of: checkpoints, now: .max).current.map(\.step.value) == [10])
        }
    }

    @Test("versions of one file need no pause between them, whether pinned or where they were written")
    func versions() throws {
        let saved = [4000, 5000, 2000, 3000]
        try withTemporaryDirectory { directory in
            let file = directory.appending("ckpt.pt")
            let checkpoints = try saved.enumerated().map { index, step in
                let whole = try SavedCheckpoint(step, at: index).write(in: directory)
                let version = CheckpointCandidate(name: "ckpt.pt", step: Step(0), unit: .file, path: file)
                    .identified(by: Step(step))
                let isLatest = index == saved.count - 1
                return try SavedCheckpoint.checkpoint(
                    isLatest ? version : version.relocated(to: "/pins"),
                    whole.weights
                )
            }
            #expect(checkpoints.map(\.candidate.isVersion) == [true, true, true, true])
            let history = RunHistory(of: checkpoints)
            #expect(history.current.map(\.name) == ["ckpt-2000.pt", "ckpt-3000.pt"])
            #expect(history.superseded.map(\.step.value) == [4000, 5000])
            #expect(history.wentBack?.last.step == Step(5000) && history.wentBack?.first.step == Step(2000))
        }
    }

    @Test("which candidates are versions of one file")
    func isVersion() {
        let path = FilePath("/run/checkpoint-5")
        let ordinary = CheckpointCandidate(name: "checkpoint-5", step: Step(5), unit: .directory, path: path)
        #expect(!ordinary.isVersion && !ordinary.relocated(to: "/pins").isVersion)
        let file = CheckpointCandidate(name: "ckpt-5.pt", step: Step(5), unit: .file, path: "/pins/ckpt-5.pt")
        #expect(!file.isVersion && file.saved(at: "/run/ckpt.pt").isVersion)
    }

    @Test("times at the ends of what can be counted do not trap")
    func extremeTimes() throws {
        let times = [Int64.min, -1, 0, 1, Int64.max]
        try withTemporaryDirectory { directory in
            let file = try SavedCheckpoint(1, at: 0).write(in: directory).weights[0]
            for first in times {
                for second in times where first != second {
                    let checkpoints = try [(20, first), (10, second)].map { step, time in
                        let candidate = CheckpointCandidate(
                            name: "checkpoint-\(step)",
                            step: Step(step),
                            unit: .directory,
                            path: FilePath("/run/checkpoint-\(step)")
                        )
                        let fingerprint = file.fingerprint.modified(at: time)
                        let weight = CheckpointFile(relativePath: "w", fingerprint: fingerprint)
                        return try SavedCheckpoint.checkpoint(candidate, [weight])
                    }
                    let history = RunHistory(of: checkpoints)
                    let isPause = second > first && (first == .min || second == .max)
                    #expect(history.current.map(\.step.value) == (isPause ? [10] : [10, 20]), "\(first), \(second)")
                }
            }
        }
    }

    @Test("ten thousand checkpoints, with going back at each, take no time to speak of", .timeLimit(.minutes(1)))
    func many() throws {
        try withTemporaryDirectory { directory in
            let file = try SavedCheckpoint(1, at: 0).write(in: directory).weights[0]
            let checkpoints = try (0..<10_000).map { index in
                let candidate = CheckpointCandidate(
                    name: "checkpoint-\(10_000 - index)",
                    step: Step(10_000 - index),
                    unit: .directory,
                    path: FilePath("/run/checkpoint-\(10_000 - index)")
                )
                let fingerprint = file.fingerprint.modified(at: Int64(index) * 1_000_000_000)
                let weight = CheckpointFile(relativePath: "w", fingerprint: fingerprint)
                return try SavedCheckpoint.checkpoint(candidate, [weight])
            }
            let history = RunHistory(of: checkpoints)
            #expect(history.current.map(\.step.value) == [1])
            #expect(history.superseded.count == 9999)
        }
    }
}
