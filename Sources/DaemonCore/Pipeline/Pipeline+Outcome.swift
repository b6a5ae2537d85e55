import Averaging
import Checkpoints
import LinuxSystem

extension Pipeline {
    /// Puts a plan on the board as what is happening.
    func begin(_ plan: AveragingPlan, _ control: AveragingControl) {
        control.begin(byteCount: plan.bytesToRead)
        let activity = StatusBoard.Activity(
            recipe: plan.recipe.name,
            name: plan.newest.name,
            step: plan.newest.step,
            control: control
        )
        board.update { $0.activity = activity }
    }

    /// Notes a success: what was published is believed, and not read back.
    func succeeded(_ average: PublishedAverage, _ job: Job, _ plan: AveragingPlan) {
        board.update { state in
            state.published += 1
            let others = state.averages[job.recipe.name, default: []].filter { $0.path != average.path }
            state.averages[job.recipe.name] = (others + [average]).inOrderOfSteps
            state.failures.recordMade(job.key, at: .now)
            // In one change: nobody is to see an average that is published and under way.
            state.activity = nil
            let present = Set(state.view.complete.flatMap(\.weights).map(\.fingerprint))
            for (input, record) in zip(plan.spans.inputs, average.manifest.members.flatMap(\.files)) {
                state.known[input.file.fingerprint] = ContentChecksum(text: record.checksum, byteCount: record.size)
            }
            state.known = state.known.filter { present.contains($0.key) }
            state.bytesAveraged += plan.bytesToRead
            state.secondsAveraging += average.manifest.seconds
        }
    }

    /// Tells a success and what retention removed for it, in one entry.
    func tellPublished(_ average: PublishedAverage, _ plan: AveragingPlan, removed: [String]) {
        log(
            .averagePublished(
                recipe: plan.recipe.name,
                name: plan.newest.name,
                step: plan.newest.step,
                path: average.path,
                memberSteps: plan.window.members.map(\.step),
                bytes: plan.bytesToRead,
                seconds: average.manifest.seconds,
                removed: removed
            )
        )
    }

    /// Notes and tells a failure, and what it means for later tries.
    func failed(_ job: Job, _ failure: JobFailure, _ configuration: Configuration) {
        let newest = job.window.newest
        switch failure {
        case .refused(let refusal):
            record("\(refusal)", kind: "refused", retry: nil, job)
            log(
                .averageRefused(
                    recipe: job.recipe.name,
                    name: newest.name,
                    step: newest.step,
                    reason: "\(refusal)"
                )
            )
        case .failed(.cancelled):
            break
        case .failed(.nonFinite(let findings)):
            for finding in findings { exclude(job.window.members[finding.member], because: Self.reason(finding)) }
        case .failed(.damaged(let damage)):
            exclude(job.window.members[damage.member], because: "it is damaged: \(damage.problem)")
        case .failed(let error):
            // How much space is missing changes from try to try; that it is missing is told once.
            let kind = if case .notEnoughSpace = error { "space" } else { "\(error)" }
            let earlier = board.snapshot.failures.failure(of: job.key)
            let isRepeated = earlier?.kind == kind
            // Asking for space costs nothing; making an average in vain does.
            let tries = kind == "space" ? 1 : 1 + (earlier?.tries ?? 0)
            let first = min(configuration.rescan, FailureLedger.shortestPause)
            record("\(error)", kind: kind, retry: .now + FailureLedger.pause(first, after: tries), job)
            guard !isRepeated else { return }
            log(
                .averageFailed(
                    recipe: job.recipe.name,
                    name: newest.name,
                    step: newest.step,
                    reason: "\(error)"
                )
            )
        }
    }

    private func record(_ reason: String, kind: String, retry: ContinuousClock.Instant?, _ job: Job) {
        let failure = FailureLedger.Failure(reason: reason, kind: kind, retry: retry)
        board.update { state in
            state.failed += 1
            state.failures.record(failure, for: job.key)
        }
    }

    private static func reason(_ finding: AveragingError.NonFinite) -> String {
        "tensor \"\(finding.tensor)\" has \(finding.count) NaN or infinite elements where other members are finite"
    }

    private func exclude(_ member: Checkpoint, because reason: String) {
        board.update { state in
            state.failed += 1
            state.failures.exclude(FailureLedger.MemberKey(member), reason: reason)
        }
        log(.checkpointExcluded(name: member.name, step: member.step, reason: reason))
    }
}

/// A window that should have had an average and has none.
struct UnfinishedWork: Error, CustomStringConvertible {
    let description: String
}

extension Pipeline {
    /// Why a recipe's newest window failed or was refused, if one was.
    var firstFailure: UnfinishedWork? {
        let state = board.snapshot
        if let problem = state.view.problem, state.view.isPresent { return UnfinishedWork(description: problem) }
        if let problem = state.output.problems.first { return UnfinishedWork(description: problem) }
        // What waiting may mend is no failure.
        if state.view.complete.isEmpty, let first = state.view.incomplete.first(where: { !$0.reason.isTransient }) {
            let name = first.candidate.name
            return UnfinishedWork(description: "no checkpoint can be used; \(name): \(first.reason)")
        }
        let text = StatusText(pipeline: self, state: state)
        for recipe in state.configuration.recipes {
            let schedule = schedule(of: recipe, in: state)
            if !schedule.pending.isEmpty, let waiting = text.waiting(recipe, schedule) {
                return UnfinishedWork(description: "no \(recipe.name) average: \(waiting.reason)")
            }
        }
        return nil
    }
}
