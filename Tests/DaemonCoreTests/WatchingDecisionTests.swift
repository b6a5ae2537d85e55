import Averaging
import Checkpoints
import SystemPackage
import Testing

@testable import DaemonCore

@Suite struct WatchingDecisionTests {
    @Test func looksAreSpacedAndNeverLost() {
        let start = ContinuousClock.now
        var timing = LookTiming(lastLook: start, rescan: .seconds(30))
        #expect(timing.deadline(settled: nil) == start + .seconds(30))
        #expect(timing.deadline(settled: start + .seconds(1)) == start + .seconds(1))
        #expect(timing.deadline(settled: start) == start + .milliseconds(100))
        timing.happened(at: start + .milliseconds(10))
        #expect(timing.deadline(settled: start + .seconds(1)) == start + .milliseconds(100))
        #expect(!timing.isRescanDue(now: start + .seconds(29)))
        timing.looked(at: start + .seconds(10), thoroughly: false, rescan: .seconds(30))
        #expect(!timing.isChanged)
        #expect(timing.deadline(settled: nil) == start + .seconds(30))
        #expect(timing.isRescanDue(now: start + .seconds(30)))
        timing.looked(at: start + .seconds(30), thoroughly: true, rescan: .seconds(60))
        #expect(timing.deadline(settled: nil) == start + .seconds(90))
    }

    @Test func aShorterPeriodTakesEffectAtOnce() {
        let start = ContinuousClock.now
        var timing = LookTiming(lastLook: start, rescan: .seconds(3600))
        timing.looked(at: start + .seconds(1), thoroughly: false, rescan: .seconds(10))
        #expect(timing.deadline(settled: nil) == start + .seconds(11))
    }

    /// A thousand files that come one after the other are one look, and a burst without end does not put it off for ever.
    @Test func aBurstIsOneLook() {
        let start = ContinuousClock.now
        var timing = LookTiming(lastLook: start - .seconds(5), rescan: .seconds(30))
        for millisecond in 0..<1000 {
            let now = start + .milliseconds(millisecond)
            timing.happened(at: now)
            let expected = min(now + .milliseconds(20), start + .milliseconds(300))
            #expect(timing.deadline(settled: nil) == expected)
        }
    }

    /// Whatever settles meanwhile is looked at in time.
    @Test func aBurstPutsOffNoSettledCheckpoint() {
        let start = ContinuousClock.now
        var timing = LookTiming(lastLook: start - .seconds(5), rescan: .seconds(30))
        timing.happened(at: start)
        #expect(timing.deadline(settled: start + .milliseconds(5)) == start + .milliseconds(5))
    }

    @Test(
        arguments: [
            ([], false, false, nil), (["b", "a"], false, false, "a"), (["a"], true, false, nil),
            (["a"], false, true, nil),
        ] as [(Set<String>, Bool, Bool, String?)]
    )
    func whatNoEventToldEndsTheTrust(appeared: Set<String>, wasTold: Bool, isTold: Bool, missed: String?) {
        var trust = EventTrust()
        trust.looked(appeared: appeared, wasTold: wasTold, isTold: isTold)
        #expect(trust.missed == missed)
        trust.looked(appeared: [], wasTold: true, isTold: true)
        #expect(trust.missed == missed, "trust does not come back")
    }

    @Test func whereEventsAreMissedTwoEqualLooksCount() {
        let second: Int64 = 1_000_000_000
        let now = Moment(instant: .now, realtime: 100 * second)
        let local = QuietRule(settle: .seconds(2), trustsTimes: true)
        #expect(local.deadline(modified: 99 * second, seenAt: now) == now.instant + .seconds(1))
        #expect(local.deadline(modified: 0, seenAt: now) == now.instant)
        #expect(local.deadline(modified: 101 * second, seenAt: now) == now.instant + .seconds(2))
        #expect(local.deadline(modified: .min, seenAt: now) == now.instant + .seconds(2))
        let remote = QuietRule(settle: .seconds(2), trustsTimes: false)
        #expect(remote.deadline(modified: 0, seenAt: now) == now.instant + .seconds(2))
    }

    @Test(
        arguments: [
            (WatchingMode.events, 1, 30, true), (.polling(.fileSystem("nfs")), 10, 10, false),
            (.polling(.eventsMissed("a")), 10, 10, false), (.polling(.noWatch(problem: "")), 1, 10, true),
        ]
    )
    func aModeHasItsPaceAndItsEvidence(mode: WatchingMode, settle: Int, interval: Int, trustsTimes: Bool) {
        var view = DirectoryView()
        view.watching = mode
        let rule = DirectorySighting(view: view).quietRule(Configuration(watch: "/run"))
        #expect(rule == QuietRule(settle: .seconds(settle), trustsTimes: trustsTimes))
        #expect(view.interval(rescan: .seconds(30)) == .seconds(interval))
        #expect(view.interval(rescan: .seconds(2)) == .seconds(2))
        view.problem = "it cannot be read"
        #expect(view.interval(rescan: .seconds(30)) == .seconds(10))
    }

    /// The newest by time are looked into beside the newest by step, each as far as windows reach.
    @Test func bothWaysAreWalked() throws {
        let run = try RunDirectory()
        let steps = [100, 200, 300, 400, 500]
        for step in steps { try run.save(step) }
        let checkpoints = Dictionary(uniqueKeysWithValues: try run.checkpoints().map { ($0.step.value, $0) })
        let times = [100: 9, 200: 10, 300: 11, 400: 4, 500: 5] as [Int: Int64]
        var walk = CandidateWalk(
            checkpoints.values.map {
                CandidateWalk.Seen(candidate: $0.candidate, modified: times[$0.step.value] ?? 0)
            },
            recipes: [Recipe(name: "lawa", window: .last(2))],
            context: LookContext()
        )
        var order: [Int] = []
        while let candidate = walk.next() {
            order.append(candidate.step.value)
            let checkpoint = try #require(checkpoints[candidate.step.value])
            walk.passed(candidate.name, checkpoint)
        }
        #expect(order == [500, 400, 300, 200])
    }
}
