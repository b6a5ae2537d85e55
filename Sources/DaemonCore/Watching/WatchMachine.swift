import Averaging
import Checkpoints
import SystemPackage

/// Decides everything about the watched directory; pure.
///
/// What was observed goes in, together with when; what is to be done next comes out, each action's outcome being the next
/// observation, until the look ends with `show`. Events are no observation: whatever their order, loss or number, what the
/// machine knows follows from what looks found. `DirectoryObserver` carries the actions out.
struct WatchMachine {
    /// What was found out.
    enum Observation {
        /// There is nothing to be seen for the reason that the view tells.
        case unseen(DirectoryView)
        /// The directory was listed: a look begins.
        case listed(DirectorySighting, LookContext)
        /// The outcome of `read`.
        case read(Result<CandidateFiles, Incompleteness>)
        /// The outcome of `inspect`.
        case inspected(Result<Checkpoint, Incompleteness>)
        /// The outcome of `pin`.
        case pinned(PinOutcome)
        /// The outcome of `release`.
        case released(problem: String?)
    }

    /// What is to be done.
    enum Action {
        /// Watch exactly these directories; nothing is answered.
        case watch([FilePath])
        /// Ask for the status of a candidate's files.
        case read(CheckpointCandidate)
        /// Find out whether a candidate is whole, beside so many bytes that the catalogs of others take.
        case inspect(CheckpointCandidate, CandidateFiles, beside: Int)
        /// Keep a checkpoint from the trainer's rotation.
        case pin(Checkpoint, allowingCopy: Bool)
        /// Let go of all pins but these.
        case release(keeping: Set<String>)
        /// The look is over.
        case show(DirectoryView)
    }

    /// Pins outlive their windows by this much at least, or until the running average is done.
    static let pinReleaseInterval = Duration.seconds(1)

    /// What is watched, and how.
    let configuration: Configuration
    /// Whether pins may be made and let go.
    let mayPin: Bool
    var tracker: CheckpointTracker
    var pinTracker: CheckpointTracker
    /// Names of the members that the last look found to be needed.
    var neededMembers: Set<String> = []
    /// When a look may let go of pins that were kept a little longer; nil where there are none.
    var pinReleaseDeadline: ContinuousClock.Instant?
    /// What the budget for pins last took from the windows, until they are full again.
    var budgetProblem: String?
    /// How the last pin was made.
    var lastMeans: PinMeans?
    /// What keeps members of one window from being averaged together.
    var lineage: Lineage
    /// The names of candidates at the last look; nil where there was none.
    private var seenNames: Set<String>?
    /// The catalog that was found last, in whose memory the next one is held as far as they are equal.
    private var latestCatalog: TensorCatalog?
    /// The look under way.
    var look = LookState()

    /// Knows nothing yet.
    init(configuration: Configuration, mayPin: Bool) {
        self.configuration = configuration
        self.mayPin = mayPin
        let quiet = QuietRule(settle: configuration.settle, trustsTimes: true)
        tracker = CheckpointTracker(quiet: quiet)
        pinTracker = CheckpointTracker(quiet: quiet)
        lineage = Lineage(rules: configuration.tensors)
    }

    /// The machine of a new configuration; what is known about candidates stays unless their meaning changes.
    func reconfigured(_ configuration: Configuration) -> WatchMachine {
        var machine = WatchMachine(configuration: configuration, mayPin: mayPin)
        let old = self.configuration
        guard configuration.layout == old.layout, configuration.settle == old.settle, configuration.model == old.model
        else { return machine }
        (machine.tracker, machine.pinTracker, machine.seenNames) = (tracker, pinTracker, seenNames)
        (machine.neededMembers, machine.pinReleaseDeadline) = (neededMembers, pinReleaseDeadline)
        machine.lastMeans = lastMeans
        return machine
    }

    /// When the next look is due without any event; nil where only events and the rescan matter.
    var nextDeadline: ContinuousClock.Instant? {
        [tracker.nextDeadline, pinTracker.nextDeadline, pinReleaseDeadline].compactMap(\.self).min()
    }

    /// Takes in what was observed and says what to do next.
    mutating func take(_ observation: Observation, at now: Moment) -> [Action] {
        switch observation {
        case .unseen(let view):
            // A directory in which nothing tells a layout yet has no candidates; of one that cannot be read nothing is known.
            seenNames = view.isPresent && view.problem == nil ? [] : nil
            return [.show(view)]
        case .listed(let sighting, let context): return begin(sighting, context, at: now)
        case .read(let files):
            switch look.stage {
            case .candidates(let candidate): return sighted(candidate, files, at: now)
            case .pins(let pin): return sightedPin(pin, files, at: now)
            case .idle, .pinning: return []
            }
        case .inspected(let result):
            switch look.stage {
            case .candidates(let candidate): return inspected(candidate, result, at: now)
            case .pins(let pin): return inspectedPin(pin, result, at: now)
            case .idle, .pinning: return []
            }
        case .pinned(let outcome): return pinned(outcome)
        case .released(let problem):
            look.view.pinProblem = problem ?? look.view.pinProblem
            return nextPinTask()
        }
    }

    private mutating func begin(_ sighting: DirectorySighting, _ context: LookContext, at now: Moment) -> [Action] {
        let quiet = sighting.quietRule(configuration)
        (tracker.quiet, pinTracker.quiet) = (quiet, quiet)
        look = LookState(sighting, context, recipes: configuration.recipes)
        lastMeans = lastMeans ?? (sighting.holdings.values.contains(where: \.isLinked) ? .hardlink : nil)
        let names = Set(sighting.candidates.map(\.candidate.name))
        if let seenNames, !sighting.isWatchNew { look.view.appeared = names.subtracting(seenNames) }
        seenNames = look.view.problem == nil ? names : nil
        return [watchNewest] + nextPin(at: now)
    }

    /// Looks into a candidate whose catalog will be held beside those of all others.
    func inspect(_ candidate: CheckpointCandidate, _ files: CandidateFiles) -> Action {
        let others = tracker.catalogs(except: candidate) + pinTracker.catalogs(except: candidate)
        return .inspect(candidate, files, beside: TensorCatalog.heldByteCount(of: others))
    }

    /// The same checkpoint in less memory: its pin, or what it is a pin of, most likely has the same catalog.
    mutating func sharing(_ checkpoint: Checkpoint) -> Checkpoint {
        let likely = tracker.catalog(of: checkpoint.name) ?? pinTracker.catalog(of: checkpoint.name) ?? latestCatalog
        let catalog = likely.map(checkpoint.catalog.sharing) ?? checkpoint.catalog
        latestCatalog = catalog
        return checkpoint.holding(catalog)
    }

    /// Ends the look.
    mutating func end() -> [Action] {
        look.stage = .idle
        look.view.pinMeans = lastMeans
        look.view.isSettling = tracker.isSettling || pinTracker.isSettling
        return [.show(look.view)]
    }
}
