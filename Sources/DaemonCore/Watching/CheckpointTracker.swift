import Checkpoints

/// Remembers what was found out about each candidate, and decides which are looked into next.
///
/// A pure state machine: a look at the directory and the time go in, decisions and the next deadline come out. Events are
/// no input; whatever their order, loss or number, the state follows from what the directory holds.
struct CheckpointTracker {
    /// A candidate as one look finds it.
    struct Sighting {
        let candidate: CheckpointCandidate
        let files: CandidateFiles
    }

    /// What is known about a candidate.
    enum Verdict {
        /// Its files changed a moment ago. With a checkpoint it looks whole already, but may still change; that is
        /// enough to pin it, not to average it.
        case settling(Checkpoint?)
        case complete(Checkpoint)
        case incomplete(Incompleteness)
    }

    private struct Entry {
        var sighting: Sighting
        /// When it will have been quiet for long enough.
        var quietAt: ContinuousClock.Instant
        var isSettled: Bool
        var verdict = Verdict.settling(nil)
        /// When it was last looked into.
        var lookedAt: ContinuousClock.Instant

        /// Whether what keeps it from being whole can pass without any file's status changing, and without an event: the
        /// event of a file's closing comes a moment before the file counts as closed.
        var mayPassUnseen: Bool {
            switch verdict {
            case .incomplete(.openForWriting), .incomplete(.settling): true
            default: false
            }
        }
    }

    /// How soon it is looked again into what may pass unseen.
    private static let retryInterval = Duration.seconds(1)

    /// How long files must have been quiet.
    var quiet: QuietRule
    private var entries: [String: Entry] = [:]

    /// Trusts what it finds in candidates once their files have been quiet.
    init(quiet: QuietRule) {
        self.quiet = quiet
    }

    /// Takes in one candidate and tells whether it should be looked into now: when it changed, and when it settled.
    ///
    /// - Parameter thoroughly: looks again into what was incomplete although its files did not change.
    mutating func observe(_ sighting: Sighting, at now: Moment, thoroughly: Bool) -> Bool {
        let name = sighting.candidate.name
        guard var entry = entries[name], entry.sighting.files.haveSameTimes(as: sighting.files),
            entry.sighting.candidate == sighting.candidate
        else {
            let quietAt = quiet.deadline(modified: sighting.files.lastModification, seenAt: now)
            entries[name] = Entry(
                sighting: sighting,
                quietAt: quietAt,
                isSettled: quietAt <= now.instant,
                lookedAt: now.instant
            )
            return true
        }
        if entry.sighting.files != sighting.files {
            // A link was made or removed, or bytes were written and the times set back: what was found out no longer
            // counts. A filesystem may move change times by itself, so it does not settle again.
            entry.sighting = sighting
            entry.isSettled = entry.isSettled || now.instant >= entry.quietAt
            entry.lookedAt = now.instant
            entries[name] = entry
            return true
        }
        if !entry.isSettled && now.instant >= entry.quietAt {
            entry.isSettled = true
            entry.lookedAt = now.instant
            entries[name] = entry
            return true
        }
        guard case .incomplete = entry.verdict, thoroughly || entry.mayPassUnseen else { return false }
        entries[name]?.lookedAt = now.instant
        return true
    }

    /// Notes what looking into a candidate gave.
    mutating func record(_ verdict: Result<Checkpoint, Incompleteness>, for name: String) {
        let isSettled = entries[name]?.isSettled ?? false
        switch verdict {
        case .success(let checkpoint):
            entries[name]?.verdict = isSettled ? .complete(checkpoint) : .settling(checkpoint)
        case .failure(let reason): entries[name]?.verdict = .incomplete(reason)
        }
    }

    /// Forgets every candidate that is not among those still there.
    mutating func forget(except present: Set<String>) {
        entries = entries.filter { present.contains($0.key) }
    }

    /// What is known about a candidate; nil where it was never seen.
    func verdict(of name: String) -> Verdict? {
        entries[name]?.verdict
    }

    /// Whether a candidate is whole and has been quiet for long enough.
    func isComplete(_ name: String) -> Bool {
        if case .complete = verdict(of: name) { true } else { false }
    }

    /// Whole checkpoints in ascending order of steps.
    var complete: [Checkpoint] {
        entries.values.compactMap { if case .complete(let checkpoint) = $0.verdict { checkpoint } else { nil } }
            .sorted { ($0.step, $0.name) < ($1.step, $1.name) }
    }

    /// The catalogs of all that seems whole, but for one candidate.
    func catalogs(except candidate: CheckpointCandidate) -> [TensorCatalog] {
        entries.compactMap { $1.sighting.candidate == candidate ? nil : catalog(of: $0) }
    }

    /// The catalog of what seems whole, settled or not; nil where there is none.
    func catalog(of name: String) -> TensorCatalog? {
        switch verdict(of: name) {
        case .complete(let checkpoint), .settling(let checkpoint?): checkpoint.catalog
        case .settling(nil), .incomplete, nil: nil
        }
    }

    /// Whether a candidate has not been quiet for long enough yet.
    var isSettling: Bool { entries.values.contains { !$0.isSettled } }

    /// When the next candidate is to be looked into again without any event; nil where none is waited for.
    var nextDeadline: ContinuousClock.Instant? {
        entries.values.compactMap { entry in
            if !entry.isSettled { return entry.quietAt }
            return entry.mayPassUnseen ? entry.lookedAt + Self.retryInterval : nil
        }.min()
    }
}
