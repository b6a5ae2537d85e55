import Averaging
import Checkpoints
import LinuxSystem

/// Which pins are made, kept and let go of, within the budget.
extension WatchMachine {
    /// Decides about pins once it is known what belongs to the run.
    mutating func beginPinning(at now: Moment) -> [Action] {
        let needed = neededByWindows
        let isHolding = !look.context.underway.isEmpty || !neededMembers.isSubset(of: needed)
        // Once the pins of a course that was left are gone, the directory alone says what belongs to the run.
        let isLeaving = look.view.superseded.contains { look.pins[$0.candidate.name] != nil }
        pinReleaseDeadline = isHolding || isLeaving ? now.instant + Self.pinReleaseInterval : nil
        look.kept = kept(needed)
        neededMembers = needed
        if let problem = look.sighting.pinProblem {
            look.view.pinProblem = problem
            return end()
        }
        if configuration.pin != .none {
            pinNeeded(needed)
            for checkpoint in look.view.settling where look.pins[checkpoint.name]?.isSameVersion(as: checkpoint) != true
            {
                look.pinTasks.append(LookState.PinTask(checkpoint: checkpoint, isNeeded: false))
            }
        }
        // Where nothing can be used, as after a slip in the configuration, pins may be all that is left of a run.
        guard !look.view.complete.isEmpty else { return nextPinTask() }
        letGo()
        return [.release(keeping: look.kept)]
    }

    private mutating func letGo() {
        let kept = look.kept
        look.view.pinned.formIntersection(kept)
        look.view.complete.removeAll { look.view.pinOnly.contains($0.name) && !kept.contains($0.name) }
        look.view.pinOnly.formIntersection(kept)
    }

    /// What stays as long as there is room.
    private func kept(_ needed: Set<String>) -> Set<String> {
        // A checkpoint that is being rewritten keeps its pin until the new version is whole, and one that the trainer
        // deleted before it had settled until it has. What the look before needed may be averaged at this moment.
        let unsettled = look.pins.keys.filter { !pinTracker.isComplete($0) }
        let unfinished = Set(look.view.incomplete.map(\.candidate.name)).union(unsettled)
        let superseded = Set(look.view.superseded.map(\.candidate.name))
        let kept = needed.union(neededMembers).union(unfinished.subtracting(superseded))
        // What an earlier course of the run left goes all at once: part of it would look like the whole run.
        return kept.isDisjoint(with: superseded) ? kept : kept.union(superseded)
    }

    /// The names that windows need now.
    private var neededByWindows: Set<String> {
        Set(schedules.flatMap(\.needed))
    }

    /// Whether nothing is missing in any window; until then what the budget took stays told.
    private var hasFullWindows: Bool {
        zip(schedules, configuration.recipes).allSatisfy { schedule, recipe in
            schedule.newest.map { $0.members.count >= recipe.minimumMembers } ?? false
        }
    }

    private var schedules: [AveragingSchedule] {
        configuration.recipes.map { recipe in
            AveragingSchedule(
                recipe: recipe,
                checkpoints: look.context.failures.admitted(look.view.complete),
                generations: look.view.generations,
                averages: look.context.averages[recipe.name, default: []],
                failures: look.context.failures,
                underway: look.context.underway[recipe.name]
            )
        }
    }

    /// Chooses among the members what is kept and what is to be made, newest first where there is no room for all.
    private mutating func pinNeeded(_ names: Set<String>) {
        let checkpoints = look.view.complete.filter { names.contains($0.name) }
        let pins = look.pins
        let pinned = Set(checkpoints.filter { pins[$0.name]?.isSameVersion(as: $0) == true }.map(\.name))
        let members = checkpoints.map { checkpoint in
            let isPinned = pinned.contains(checkpoint.name)
            return PinBudget.Member(
                name: checkpoint.name,
                step: checkpoint.step,
                byteCount: isPinned ? held(checkpoint.name) : expectedByteCount(of: checkpoint),
                isPinned: isPinned
            )
        }
        // What is kept a little longer goes before any member does.
        let others = pins.values.filter { look.kept.contains($0.name) && !names.contains($0.name) }.map { pin in
            PinBudget.Member(name: pin.name, step: Step(.min), byteCount: held(pin.name), isPinned: true)
        }
        let leaving = pins.keys.filter { !look.kept.contains($0) }.map(held).clampedSum
        let limits = configuration.limits
        let available = [look.sighting.available, leaving].clampedSum
        let budget = PinBudget(maxPinned: limits.maxPinned, available: available, minFree: limits.minFree)
        let decision = budget.decide(on: members + others)
        if let shortfall = decision.shortfall, shortfall.names.contains(where: names.contains) {
            budgetProblem = "\(shortfall)"
        } else if hasFullWindows {
            budgetProblem = nil
        }
        look.view.pinProblem = budgetProblem
        look.room = room(without: decision.letGo, leaving: leaving)
        look.kept.subtract(decision.letGo)
        for checkpoint in checkpoints {
            if decision.keep.contains(checkpoint.name), let pin = pins[checkpoint.name] { usePin(pin) }
            if decision.make.contains(checkpoint.name) {
                look.pinTasks.append(LookState.PinTask(checkpoint: checkpoint, isNeeded: true))
            }
        }
    }

    /// What a pin that is to be made will hold alone, as far as the last one tells: a link nothing while the trainer has
    /// the file as well.
    private func expectedByteCount(of checkpoint: Checkpoint) -> Int {
        switch lastMeans {
        case .hardlink where !checkpoint.candidate.isWrittenInPlace, nil: 0
        case .hardlink, .reflink, .copy: checkpoint.byteCount
        }
    }

    private func held(_ name: String) -> Int { look.sighting.holdings[name]?.byteCount ?? 0 }

    /// Bytes that copies may take beside what pins hold.
    private func room(without letGo: [String], leaving: Int) -> Int {
        let freed = ([leaving] + letGo.map(held)).clampedSum
        let disk = [look.sighting.available, freed].clampedSum - configuration.limits.minFree
        guard let maxPinned = configuration.limits.maxPinned else { return max(disk, 0) }
        // What the pins hold includes what is freed.
        return max(0, min(disk, maxPinned - (look.view.heldBytes - freed)))
    }

    /// Goes on with the next pin that is to be made, or ends the look after the last.
    mutating func nextPinTask() -> [Action] {
        guard let task = look.pinTasks.popFirst() else { return end() }
        look.stage = .pinning(task)
        return [.pin(task.checkpoint, allowingCopy: task.checkpoint.byteCount <= look.room)]
    }

    /// Takes in what became of a pin.
    mutating func pinned(_ outcome: PinOutcome) -> [Action] {
        guard case .pinning(let task) = look.stage else { return [] }
        let checkpoint = task.checkpoint
        switch outcome {
        case .pinned(let pin, let means):
            lastMeans = means ?? lastMeans
            if means == .copy { look.room -= checkpoint.byteCount }
            if task.isNeeded { usePin(sharing(pin)) }
        case .needsRoom where task.isNeeded: look.view.pinProblem = look.view.pinProblem ?? noWay(of: checkpoint)
        case .needsRoom: break
        case .changed: break
        case .failed(let problem): look.view.pinProblem = "cannot pin \"\(checkpoint.name)\": \(problem)"
        }
        return nextPinTask()
    }

    private mutating func usePin(_ pin: Checkpoint) {
        guard let index = look.view.complete.firstIndex(where: { $0.name == pin.name }) else { return }
        look.view.complete[index] = pin
        look.view.pinned.insert(pin.name)
    }

    private func noWay(of checkpoint: Checkpoint) -> String {
        if checkpoint.byteCount <= look.room {
            return "this filesystem does not allow the pins that are asked for (\(configuration.pin.rawValue)); "
                + "set \"pin\" to \"auto\""
        }
        return "no room to copy \"\(checkpoint.name)\": it has \(checkpoint.byteCount) bytes, and only \(look.room) "
            + "are left beside limits.min_free and within limits.max_pinned; free space or change these limits"
    }
}
