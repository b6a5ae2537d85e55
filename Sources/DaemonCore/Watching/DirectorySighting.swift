import Checkpoints

/// What one reading of the watched directory and of the pins shows, before anything is looked into.
struct DirectorySighting {
    /// What is told whatever the candidates turn out to be.
    let view: DirectoryView
    /// Entries named as checkpoints.
    var candidates: [CandidateWalk.Seen] = []
    /// Whether the directory's watch is not the one of the look before, so that no event can have told what came.
    var isWatchNew = false
    /// What is pinned, as candidates saved where the trainer saved them.
    var pins: [CheckpointCandidate] = []
    /// Which versions of files pins were made of, by name.
    var records: [String: PinRecord] = [:]
    /// What each pin costs, by name.
    var holdings: [String: PinHolding] = [:]
    /// Bytes that are free beside the pins.
    var available = Int.max
    /// Why pins cannot be seen or made, if so.
    var pinProblem: String?

    /// How long files must be quiet here.
    ///
    /// Where changes bring no events, a file counts once two looks at the usual interval found it equal.
    func quietRule(_ configuration: Configuration) -> QuietRule {
        guard case .polling(let reason) = view.watching, reason.isBlind else {
            return QuietRule(settle: configuration.settle, trustsTimes: true)
        }
        let interval = view.interval(rescan: configuration.rescan)
        return QuietRule(settle: max(configuration.settle, interval), trustsTimes: false)
    }
}
