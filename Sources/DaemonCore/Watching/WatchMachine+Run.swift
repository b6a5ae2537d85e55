import Checkpoints

/// Which checkpoints belong to the run as it is now.
extension WatchMachine {
    /// Leaves out what is there twice, and what was saved before the run went back to an earlier step.
    mutating func keepToTheRun(at now: Moment) {
        leaveOutAliases()
        if configuration.order == .auto { leaveOutSuperseded(at: now) }
        let breaks = lineage.breaks(in: look.view.complete)
        var generation = 0
        for checkpoint in look.view.complete {
            if let reason = breaks[checkpoint.name] {
                generation += 1
                look.view.restart = WindowRestart(name: checkpoint.name, step: checkpoint.step, reason: reason)
            }
            look.view.generations[checkpoint.name] = generation
        }
    }

    private mutating func leaveOutAliases() {
        for alias in Aliases(among: look.view.complete + look.view.settling).aliases {
            leaveOut(alias.checkpoint)
            look.view.aliases.append((alias.checkpoint.candidate, "it is \"\(alias.keptName)\" under another name"))
        }
    }

    private mutating func leaveOutSuperseded(at now: Moment) {
        let history = RunHistory(of: look.view.complete + look.view.settling, now: now.realtime)
        guard let wentBack = history.wentBack else { return }
        let (first, last) = (wentBack.first, wentBack.last)
        look.view.restart = WindowRestart(
            name: first.name,
            step: first.step,
            reason: "the run went back: it was saved after \"\(last.name)\" "
                + "(if the files' times say so only because they were copied, set \"order\" to \"step\")"
        )
        for checkpoint in history.superseded {
            leaveOut(checkpoint)
            let reason = "it was saved before the run went back to step \(first.step)"
            look.view.superseded.append((checkpoint.candidate, reason))
        }
    }

    private mutating func leaveOut(_ checkpoint: Checkpoint) {
        look.view.complete.removeAll { $0.name == checkpoint.name }
        look.view.settling.removeAll { $0.name == checkpoint.name }
        look.view.pinned.remove(checkpoint.name)
        look.view.pinOnly.remove(checkpoint.name)
    }
}
