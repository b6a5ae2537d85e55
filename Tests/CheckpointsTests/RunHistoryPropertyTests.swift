import SystemPackage
import TestSupport
import Testing

@testable import Checkpoints

/// A trainer that saves, resumes, begins again and deletes at random knows which checkpoints are of its present course.
@Suite struct RunHistoryPropertyTests {
    private struct Trainer {
        struct Saved {
            let checkpoint: Checkpoint
            let course: Int

            var step: Int { checkpoint.step.value }
        }

        private(set) var saved: [Int: Saved] = [:]
        private(set) var course = 0
        private var step = 0
        private var time: Int64 = 1_700_000_000_000_000_000

        /// Steps of a course that has its own offset never replace those of an earlier one.
        private let offset: Int
        private let file: CheckpointFile

        init(offset: Int, in directory: FilePath) throws {
            self.offset = offset
            file = try SavedCheckpoint(1, at: 0).write(in: directory).weights[0]
        }

        mutating func save(using random: inout SeededGenerator) throws {
            step += 1000
            time += .random(in: 1_000_000_000...900_000_000_000, using: &random)
            let candidate = CheckpointCandidate(
                name: "checkpoint-\(step)",
                step: Step(step),
                unit: .directory,
                path: FilePath("/run/checkpoint-\(step)")
            )
            let weights = CheckpointFile(relativePath: "w", fingerprint: file.fingerprint.modified(at: time))
            saved[step] = Saved(checkpoint: try SavedCheckpoint.checkpoint(candidate, [weights]), course: course)
        }

        /// Resumes from one that is there, or from nothing, and saves: what lies beyond belongs to another course then.
        mutating func goBack(using random: inout SeededGenerator) throws {
            let highest = saved.values.filter { $0.course == course }.map(\.step).max() ?? 0
            let places = saved.keys.map { $0 / 1000 * 1000 }.filter { $0 + 2000 < highest } + [0]
            guard highest > 2000, let place = places.sorted().randomElement(using: &random) else { return }
            course += 1
            step = place + course * offset
            try save(using: &random)
        }

        mutating func delete(using random: inout SeededGenerator) {
            guard saved.count > 1, let victim = saved.keys.sorted().randomElement(using: &random) else { return }
            saved[victim] = nil
        }
    }

    @Test("what a trainer that deletes nothing saved since it went back last", arguments: 0..<40 as Range<UInt64>)
    func keepsAll(seed: UInt64) throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: seed)
            var trainer = try Trainer(offset: 1, in: directory)
            for _ in 0..<60 {
                if Int.random(in: 0..<8, using: &random) == 0 {
                    try trainer.goBack(using: &random)
                } else {
                    try trainer.save(using: &random)
                }
                let history = RunHistory(of: trainer.saved.values.map(\.checkpoint).shuffled(using: &random))
                let expected = trainer.saved.values.filter { $0.course == trainer.course }.map(\.step).sorted()
                #expect(history.current.map(\.step.value) == expected)
                #expect(history.current.count + history.superseded.count == trainer.saved.count)
                #expect((history.wentBack == nil) == history.superseded.isEmpty)
            }
        }
    }

    @Test("whatever is deleted, the present course is never taken for an old one", arguments: 0..<40 as Range<UInt64>)
    func deletes(seed: UInt64) throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: seed)
            var trainer = try Trainer(offset: seed.isMultiple(of: 2) ? 0 : 1, in: directory)
            for _ in 0..<80 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: try trainer.goBack(using: &random)
                case 1...4: trainer.delete(using: &random)
                default: try trainer.save(using: &random)
                }
                let history = RunHistory(of: trainer.saved.values.map(\.checkpoint).shuffled(using: &random))
                let present = trainer.saved.values.filter { $0.course == trainer.course }.map(\.step)
                #expect(Set(history.current.map(\.step.value)).isSuperset(of: present))
                let superseded = history.superseded.map(\.step.value)
                #expect(superseded.allSatisfy { trainer.saved[$0]?.course != trainer.course })
                // Old ones remain only where none of those that are left is above what was saved next.
                let times = history.current.sorted { $0.modified < $1.modified }.map(\.step)
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
            }
        }
    }
}
