import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// Looks at the watched directory and at the pins, and keeps what every candidate turned out to be.
///
/// The watch is added before the directory is listed, so that nothing falls between the two. Owned by the one thread that
/// looks; it blocks on file I/O.
struct DirectoryObserver {
    /// How many candidates that are not whole are looked into beyond the windows; a directory full of something else
    /// must not be read from end to end.
    private static let incompleteAllowance = 64

    /// Whether looking may make and release pins.
    enum Pinning {
        case allowed
        case readOnly
    }

    /// Pins outlive their windows by this much at least, or until the running average is done.
    private static let pinReleaseInterval = Duration.seconds(1)

    private let store: AverageStore
    private let pinning: Pinning
    private var watches: WatchSet?
    private var tracker: CheckpointTracker
    private var pinTracker: CheckpointTracker
    /// Names of the members that the last look found to be needed.
    private var neededMembers: Set<String> = []
    /// When a look may let go of pins that were kept a little longer; nil where there are none.
    private var pinReleaseDeadline: ContinuousClock.Instant?
    private var configuration: Configuration

    /// Observes for a configuration; without `inotify` only explicit looks see anything.
    init(configuration: Configuration, store: AverageStore, inotify: Inotify?, pinning: Pinning = .allowed) {
        self.configuration = configuration
        self.pinning = pinning
        self.store = store
        watches = inotify.map(WatchSet.init)
        tracker = CheckpointTracker(settle: configuration.settle)
        pinTracker = CheckpointTracker(settle: configuration.settle)
    }

    /// Takes over a new configuration; what is known about candidates stays unless the layout changes.
    mutating func reconfigure(_ configuration: Configuration) {
        let old = self.configuration
        if configuration.layout != old.layout || configuration.settle != old.settle || configuration.model != old.model
        {
            tracker = CheckpointTracker(settle: configuration.settle)
            pinTracker = CheckpointTracker(settle: configuration.settle)
        }
        self.configuration = configuration
    }

    /// When the next look is due without any event; nil where only events and the rescan matter.
    var nextDeadline: ContinuousClock.Instant? {
        [tracker.nextDeadline, pinTracker.nextDeadline, pinReleaseDeadline].compactMap(\.self).min()
    }

    /// Looks once; `heartbeat` is called between candidates.
    mutating func look(_ context: LookContext, heartbeat: () -> Void = {}) -> DirectoryView {
        var view = DirectoryView()
        view.watchProblem = watches?.addAnchor(of: configuration.watch).map { "\($0)" }
        let entries = list(&view)
        guard let layout = layout(for: entries, view: &view) else { return view }
        view.layout = layout.name
        let inspector = CheckpointInspector(layout: layout, model: configuration.model)
        let candidates = layout.candidates(in: configuration.watch, entries: entries)
            .sorted { ($0.step, $0.name) > ($1.step, $1.name) }
        view.seenCount = candidates.count
        let whole = watchUnfinished(candidates, view: &view)
        inspect(candidates, inspector, context, view: &view, heartbeat: heartbeat)
        if view.incomplete.contains(where: { whole.contains($0.candidate.name) }) {
            // One that was whole is being saved again; what happened to it before its watch gave no event.
            watchUnfinished(candidates, view: &view)
            (view.complete, view.incomplete, view.settling, view.older) = ([], [], [], [])
            inspect(candidates, inspector, context, view: &view, heartbeat: heartbeat)
        }
        keepPins(of: candidates, inspector, context, view: &view)
        view.isSettling = tracker.isSettling || pinTracker.isSettling
        return view
    }

    private func list(_ view: inout DirectoryView) -> [DirectoryEntry] {
        do {
            let entries = try DirectoryListing.entries(of: configuration.watch)
            view.isPresent = true
            return entries
        } catch {
            view.problem = Self.problem(error, configuration.watch)
            return []
        }
    }

    private mutating func keepPins(
        of candidates: [CheckpointCandidate],
        _ inspector: CheckpointInspector,
        _ context: LookContext,
        view: inout DirectoryView
    ) {
        let pins = PinKeeper(
            store: store,
            configuration: configuration,
            context: context,
            recentlyNeeded: neededMembers,
            inspector: inspector,
            newest: candidates.first
        )
        let present = Set(candidates.map(\.name))
        switch pinning {
        case .allowed:
            let needed = pins.keep(&view, present: present, tracker: &pinTracker)
            let isHolding = !context.underway.isEmpty || !neededMembers.isSubset(of: needed)
            pinReleaseDeadline = isHolding ? .now + Self.pinReleaseInterval : nil
            neededMembers = needed
        case .readOnly: pins.list(in: &view, present: present, tracker: &pinTracker)
        }
    }

    private mutating func layout(for entries: [DirectoryEntry], view: inout DirectoryView) -> (any TrainerLayout)? {
        if let layout = TrainerLayouts.named(configuration.layout) {
            let rivals = layout.rivals(among: entries)
            return rivals.isEmpty ? layout : none(of: rivals, &view)
        }
        var detection = TrainerLayouts.detect(in: configuration.watch, entries: entries)
        if case .nothingYet(let undecided) = detection {
            if let layout = pinnedLayout { return layout }
            if !undecided.isEmpty {
                let paths = [WatchSet.anchor(of: configuration.watch)] + undecided
                if let problem = watches?.watchOnly(paths) { view.watchProblem = "\(problem)" }
                // What came into them before they were watched gave no event.
                detection = TrainerLayouts.detect(in: configuration.watch, entries: entries)
            }
        }
        switch detection {
        case .layout(let layout): return layout
        case .nothingYet: return nil
        case .severalSeries(let patterns): return none(of: patterns, &view)
        case .ambiguous(let names):
            let list = names.map { "\"\($0)\"" }.joined(separator: " and ")
            view.problem = "the layouts \(list) both fit \"\(configuration.watch)\"; set \"layout\" to one of them"
            return nil
        }
    }

    /// No layout, because several series could be the run.
    private func none(of patterns: [String], _ view: inout DirectoryView) -> (any TrainerLayout)? {
        let list = patterns.map { "\"\($0)\"" }.joined(separator: " and ")
        view.problem =
            "the series \(list) lie side by side in \"\(configuration.watch)\" and each could be the run; "
            + "save them in directories of their own"
        return nil
    }

    /// The layout of the pins, which outlive a directory that the trainer emptied.
    private var pinnedLayout: (any TrainerLayout)? {
        let directory = PinKeeper.directory(in: store)
        guard let entries = try? DirectoryListing.entries(of: directory),
            case .layout(let layout) = TrainerLayouts.detect(in: directory, entries: entries)
        else { return nil }
        return layout
    }

    /// Watches the newest candidates that are not whole yet; old ones and whole ones need no watch of their own.
    ///
    /// - Returns: names of those that were whole when they were last looked into.
    @discardableResult
    private mutating func watchUnfinished(
        _ candidates: [CheckpointCandidate],
        view: inout DirectoryView
    ) -> Set<String> {
        let directories = candidates.prefix(Self.incompleteAllowance).filter { $0.unit == .directory }
        let whole = directories.filter { candidate in
            if case .complete = tracker.verdict(of: candidate.name) { true } else { false }
        }
        let names = Set(whole.map(\.name))
        let unfinished = directories.filter { !names.contains($0.name) }
        let paths = [WatchSet.anchor(of: configuration.watch)] + unfinished.map(\.path)
        if let problem = watches?.watchOnly(paths) { view.watchProblem = "\(problem)" }
        return names
    }

    /// Looks into candidates from the newest back, as far as windows reach.
    private mutating func inspect(
        _ candidates: [CheckpointCandidate],
        _ inspector: CheckpointInspector,
        _ context: LookContext,
        view: inout DirectoryView,
        heartbeat: () -> Void
    ) {
        let now = ContinuousClock.now
        let realtime = HostProcess.realtimeNanoseconds
        var horizon = Horizon(
            recipes: configuration.recipes,
            averages: context.averages,
            failures: context.failures,
            newest: candidates.first?.step
        )
        var inspected: Set<String> = []
        for candidate in candidates {
            heartbeat()
            if horizon.isReached(at: candidate.step) || view.incomplete.count >= Self.incompleteAllowance {
                view.older.append(candidate)
                continue
            }
            inspected.insert(candidate.name)
            switch verdict(on: candidate, inspector, now: now, realtime: realtime, thoroughly: context.isThorough) {
            case .complete(let checkpoint):
                horizon.passed(checkpoint)
                view.complete.insert(checkpoint, at: 0)
            case .incomplete(let reason): view.incomplete.append((candidate, reason))
            case .settling(let checkpoint):
                view.incomplete.append((candidate, .settling))
                guard let checkpoint else { continue }
                // Most likely it is whole; should it turn out not to be, the next look reaches further.
                horizon.passed(checkpoint)
                view.settling.append(checkpoint)
            }
        }
        tracker.forget(except: inspected)
    }

    private mutating func verdict(
        on candidate: CheckpointCandidate,
        _ inspector: CheckpointInspector,
        now: ContinuousClock.Instant,
        realtime: Int64,
        thoroughly: Bool
    ) -> CheckpointTracker.Verdict {
        do {
            let files = try CandidateFiles(of: candidate)
            let sighting = CheckpointTracker.Sighting(candidate: candidate, files: files)
            if tracker.observe(sighting, now: now, realtime: realtime, thoroughly: thoroughly) {
                let result = inspector.inspect(candidate, files: files)
                tracker.record(result, for: candidate.name)
            }
            return tracker.verdict(of: candidate.name) ?? .settling(nil)
        } catch {
            return .incomplete(error)
        }
    }

    private static func problem(_ error: any Error, _ path: FilePath) -> String {
        if let error = error as? SystemCallError, error.isNotFound {
            return "\"\(path)\" does not exist yet; waiting for the trainer to make it"
        }
        return "\(error)"
    }
}
