/// What a trainer has saved so far: which versions of which steps were whole once, and which are whole now.
struct TortureHistory {
    /// One save of a step.
    struct Save: Hashable {
        let step: Int
        let version: Int

        /// What its weights are made of.
        var identity: Int { step * 1000 + version }
    }

    private var lastVersion: [Int: Int] = [:]
    private var everWhole: [Int: [Save]] = [:]
    private var current: [Int: Save] = [:]
    /// The how-manieth save was the last of each step, and the last that went back to an earlier step.
    private var order: [Int: Int] = [:]
    private var setBack = 0
    private var count = 0

    /// Steps of the checkpoints that are there and whole.
    var present: Set<Int> { Set(current.keys) }

    /// Notes that a step is being saved; what was there is whole no longer.
    mutating func begin(_ step: Int) -> Save {
        lastVersion[step, default: 0] += 1
        current[step] = nil
        return Save(step: step, version: lastVersion[step] ?? 0)
    }

    /// Notes that a save is complete.
    mutating func finish(_ save: Save) {
        everWhole[save.step, default: []].append(save)
        current[save.step] = save
        count += 1
        if let highest = order.keys.max(), save.step < highest { setBack = count }
        order[save.step] = count
    }

    /// Notes that a checkpoint is being deleted.
    mutating func delete(_ step: Int) {
        current[step] = nil
    }

    /// Whether some steps were all saved since the run last went back, so that nothing else can be their window.
    func areOfOneCourse(_ steps: some Sequence<Int>) -> Bool {
        steps.allSatisfy { order[$0, default: 0] >= setBack }
    }

    /// What is there of a step, if it is whole.
    func current(_ step: Int) -> Save? {
        current[step]
    }

    /// Every way in which members of these steps could have been whole when they were read, newest versions first.
    func possibleMembers(_ steps: [Int]) -> [[Save]] {
        steps.reduce([[]]) { lists, step in
            let saves = everWhole[step, default: []].reversed()
            return lists.flatMap { list in saves.map { list + [$0] } }
        }
    }
}
