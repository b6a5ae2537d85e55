import Checkpoints

/// How candidates are looked into.
extension WatchMachine {
    /// Watches the newest candidates, whole ones too, for a trainer may save them again; old ones need no watch of their own.
    var watchNewest: Action {
        .watch(look.walk.newest.filter { $0.unit == .directory }.map(\.path))
    }

    /// Goes on with the next candidate, or decides after the last.
    mutating func nextCandidate(at now: Moment) -> [Action] {
        if let candidate = look.walk.next() {
            look.stage = .candidates(candidate)
            return [.read(candidate)]
        }
        finishCandidates()
        return decide(at: now)
    }

    /// Takes in the files of a candidate.
    mutating func sighted(
        _ candidate: CheckpointCandidate,
        _ files: Result<CandidateFiles, Incompleteness>,
        at now: Moment
    ) -> [Action] {
        switch files {
        case .failure(let reason):
            look.notWhole(candidate, reason)
            return nextCandidate(at: now)
        case .success(let files):
            let sighting = CheckpointTracker.Sighting(candidate: candidate, files: files)
            if tracker.observe(sighting, at: now, thoroughly: look.context.isThorough) {
                return [inspect(candidate, files)]
            }
            return concluded(candidate, at: now)
        }
    }

    /// Takes in what looking into a candidate gave.
    mutating func inspected(
        _ candidate: CheckpointCandidate,
        _ result: Result<Checkpoint, Incompleteness>,
        at now: Moment
    ) -> [Action] {
        tracker.record(result.map { sharing($0) }, for: candidate.name)
        return concluded(candidate, at: now)
    }

    private mutating func concluded(_ candidate: CheckpointCandidate, at now: Moment) -> [Action] {
        let verdict = tracker.verdict(of: candidate.name) ?? .settling(nil)
        if let reason = partlySavedAgain(verdict) {
            look.notWhole(candidate, reason)
            return nextCandidate(at: now)
        }
        switch verdict {
        case .complete(let checkpoint): look.whole(candidate, checkpoint)
        case .incomplete(let reason): look.notWhole(candidate, reason)
        case .settling(let checkpoint): look.settling(candidate, checkpoint)
        }
        return nextCandidate(at: now)
    }

    /// Why a checkpoint that seems whole is two saves in one: some of its files are still those that were pinned.
    private func partlySavedAgain(_ verdict: CheckpointTracker.Verdict) -> Incompleteness? {
        switch verdict {
        case .complete(let checkpoint), .settling(let checkpoint?):
            guard let record = look.sighting.records[checkpoint.name], !checkpoint.candidate.isVersion else {
                return nil
            }
            return record.partialSave(checkpoint.weights + checkpoint.markers)
        case .settling(nil), .incomplete: return nil
        }
    }

    private mutating func finishCandidates() {
        let (passed, older) = look.walk.candidates.split(by: look.walk.isPassed)
        look.view.older = older
        tracker.forget(except: Set(passed.map(\.name)))
        look.view.complete.sort { ($0.step, $0.name) < ($1.step, $1.name) }
        look.view.incomplete.sort { ($0.candidate.step, $0.candidate.name) > ($1.candidate.step, $1.candidate.name) }
    }
}

extension Sequence {
    /// The elements for which a condition holds, and the others, both in order.
    fileprivate func split(by condition: (Element) -> Bool) -> (holding: [Element], others: [Element]) {
        reduce(into: ([], [])) { result, element in
            if condition(element) { result.0.append(element) } else { result.1.append(element) }
        }
    }
}
