import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// A trainer that does everything in random order, and a daemon that is killed at random moments.
    @Suite struct Torture {
        private static let windowSize = 3
        /// How long each kind of checkpoint is tried.
        private static let duration = Duration.seconds(
            HostProcess.environment("TORTURE_SECONDS").flatMap { Int($0) } ?? 110
        )

        @Test(
            "whatever happens when, averages are right, the newest window has its own, and nothing half-made is seen",
            arguments: TortureTrainer.Kind.allCases
        )
        func run(kind: TortureTrainer.Kind) async throws {
            let seed = UInt64.random(in: 0...999_999)
            print("torture: kind \(kind), seed \(seed)")
            try await torture(kind: kind, seed: seed)
        }

        private func torture(kind: TortureTrainer.Kind, seed: UInt64) async throws {
            try await DaemonPlace.with { place in
                try place.configure(k: Self.windowSize, ["settle": "\"10ms\"", "retention": #"{"keep_last": 20}"#])
                var trainer = TortureTrainer(place.watch, kind: kind, seed: seed)
                var verdict = TortureVerdict(place, windowSize: Self.windowSize)
                var random = SeededGenerator(seed: seed ^ 0xFFFF)
                var killCount = 0
                let end = ContinuousClock.now + Self.duration
                var (round, isLast) = (0, false)
                while !isLast {
                    round += 1
                    isLast = ContinuousClock.now >= end
                    let actions = trainer
                    let (trained, ending) = try await place.withDaemon { [random] daemon in
                        try await Self.round(actions, daemon, random)
                    }
                    trainer = trained
                    _ = random.next()
                    killCount += ending.status == .signaled(9) ? 1 : 0
                    // Most of the time the next daemon has to go on from where this one was killed.
                    guard isLast || random.below(3) == 0 else { continue }
                    if isLast { try trainer.saveAll(Self.windowSize) }
                    let last = ending.log.joined(separator: "\n")
                    let context = "kind \(kind), seed \(seed), round \(round), killed in\n\(last)"
                    try await Self.expectRight(
                        place,
                        trainer,
                        &verdict,
                        context,
                        isTwice: isLast || random.below(4) == 0
                    )
                }
                print(
                    "torture: kind \(kind), seed \(seed): \(trainer.actionCount) actions, \(killCount) kills, "
                        + "\(verdict.averageCount) averages"
                )
                #expect(killCount > round / 2)
                #expect(verdict.averageCount > round / 8)
            }
        }

        /// Lets a daemon do all that is left to do, and looks at what there is then.
        private static func expectRight(
            _ place: DaemonPlace,
            _ trainer: TortureTrainer,
            _ verdict: inout TortureVerdict,
            _ context: String,
            isTwice: Bool
        ) async throws {
            var outcomes = [try await place.once()]
            // What was caught up on is still pinned at the end of the first run.
            if try isTwice || DaemonPlace.names(in: place.pins).count > windowSize {
                outcomes.append(try await place.once())
                #expect(!outcomes[1].errors.contains("published "), "\(context)\n\(outcomes)")
            }
            let log = outcomes.map(\.errors).joined(separator: "then\n")
            // It fails where all that is there is a checkpoint that was cut off.
            let isRight = outcomes.allSatisfy { outcome in
                outcome.status == .exited(0)
                    || outcome.status == .exited(1) && outcome.errors.contains("lawad: no checkpoint can be used; ")
            }
            try #require(isRight, "\(context)\n\(log)")
            let faults = try verdict.faults(trainer)
            try #require(faults == [], "\(context)\n\(log)")
        }

        /// Lets the trainer act while a daemon runs that is killed at some moment.
        private static func round(
            _ start: TortureTrainer,
            _ daemon: DaemonUnderTest,
            _ seeded: SeededGenerator
        ) async throws -> TortureTrainer {
            var (trainer, random) = (start, seeded)
            let moment = Duration.milliseconds(random.below(250))
            let killer = Task {
                await Timer.pass(moment)
                try daemon.send(.kill)
            }
            for _ in 0..<1 + random.below(30) {
                try trainer.act()
                await Timer.pass(.milliseconds(random.below(10)))
            }
            _ = try await killer.value
            try await daemon.log.waitForEnd()
            return trainer
        }
    }
}
