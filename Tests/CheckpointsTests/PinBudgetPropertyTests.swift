import Checkpoints
import TestSupport
import Testing

/// A small disk on which a trainer saves and deletes, pins are kept, and something else takes room.
@Suite struct PinBudgetPropertyTests {
    private struct Disk {
        struct Saved {
            let byteCount: Int
            /// Whether a pin is a link, which holds nothing while the trainer has the checkpoint.
            let isLinked: Bool
            var isTrainers = true
            var isPinned = false
        }

        let size: Int
        let maxPinned: Int?
        let minFree: Int
        var foreign = 0
        private(set) var saved: [Int: Saved] = [:]

        var available: Int {
            size - foreign - saved.values.reduce(0) { $0 + ($1.isTrainers ? $1.byteCount : 0) } - held
        }
        var held: Int { saved.values.reduce(0) { $0 + ($1.isPinned ? pinByteCount($1) : 0) } }

        func pinByteCount(_ saved: Saved) -> Int { saved.isLinked && saved.isTrainers ? 0 : saved.byteCount }

        mutating func save(_ step: Int, byteCount: Int, isLinked: Bool) {
            guard available >= byteCount else { return }
            saved[step] = Saved(byteCount: byteCount, isLinked: isLinked)
        }

        mutating func rotate(_ step: Int) {
            saved[step]?.isTrainers = false
            if saved[step]?.isPinned == false { saved[step] = nil }
        }

        func decide() -> PinBudget.Decision {
            let members = saved.map { step, saved in
                PinBudget.Member(
                    name: "\(step)",
                    step: Step(step),
                    byteCount: pinByteCount(saved),
                    isPinned: saved.isPinned
                )
            }
            return PinBudget(maxPinned: maxPinned, available: available, minFree: minFree).decide(on: members)
        }

        mutating func apply(_ decision: PinBudget.Decision) {
            for step in decision.letGo.compactMap(Int.init) {
                saved[step]?.isPinned = false
                if saved[step]?.isTrainers == false { saved[step] = nil }
            }
            for step in decision.make.compactMap(Int.init) { saved[step]?.isPinned = true }
        }
    }

    @Test(
        "a second look changes nothing, limits hold, and no pin goes without need",
        arguments: 0..<300 as Range<UInt64>
    )
    func steady(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = Int.random(in: 0...1500, using: &random)
        var disk = Disk(
            size: 3000,
            maxPinned: Bool.random(using: &random) ? limit : nil,
            minFree: .random(in: 0...800, using: &random)
        )
        for step in 1...60 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: disk.foreign = .random(in: 0...min(1500, disk.foreign + disk.available), using: &random)
            case 1, 2:
                if let victim = disk.saved.keys.sorted().randomElement(using: &random) { disk.rotate(victim) }
            default:
                let byteCount = Int.random(in: 1...200, using: &random)
                disk.save(step, byteCount: byteCount, isLinked: .random(using: &random))
            }
            let before = disk
            let decision = disk.decide()
            disk.apply(decision)
            #expect(decision.keep.count + decision.letGo.count == before.saved.values.count(where: \.isPinned))
            #expect(disk.held <= disk.maxPinned ?? .max)
            #expect(disk.available >= min(disk.minFree, before.available) || disk.available >= disk.minFree)
            let isShort = before.available < disk.minFree || before.held > disk.maxPinned ?? .max
            #expect(decision.letGo.isEmpty || isShort || !decision.make.isEmpty, "nothing goes without need")
            if before.available < disk.minFree {
                #expect(disk.available >= disk.minFree || disk.held == 0, "all that it takes goes")
            }
            for name in decision.letGo {
                let saved = Int(name).flatMap { before.saved[$0] }
                #expect(saved.map(before.pinByteCount) ?? 0 > 0, "what holds nothing stays")
            }
            let again = disk.decide()
            #expect(again.make.isEmpty && again.letGo.isEmpty)
            #expect(Set(again.keep) == Set(decision.keep + decision.make))
        }
    }
}
