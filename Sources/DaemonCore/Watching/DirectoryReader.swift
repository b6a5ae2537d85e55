import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// Reads the watched directory once: its entries, the layout, the candidates, and what is pinned.
struct DirectoryReader {
    let configuration: Configuration
    let store: AverageStore
    let context: LookContext
    /// What is told whatever the candidates turn out to be.
    private(set) var view = DirectoryView()

    init(configuration: Configuration, store: AverageStore, context: LookContext) {
        self.configuration = configuration
        self.store = store
        self.context = context
    }

    /// The pins beside the averages.
    var pinStore: PinStore {
        PinStore(pins: store.pins, records: store.pinRecords, staging: store.staging, method: configuration.pin)
    }

    /// Reads; nil where there is nothing to be seen, for the reason that `view` tells.
    mutating func read(watches: inout WatchSet?) -> (DirectorySighting, any TrainerLayout)? {
        let isWatchNew = watch(&watches)
        // Pins are all that is left of a run whose directory is gone, and enough for the averages that are still due.
        let entries = list()
        var choice = LayoutChoice(configuration: configuration, pins: store.pins.path)
        guard let layout = choice.layout(for: entries, watches: &watches) else {
            view.problem = view.problem ?? choice.problem
            return nil
        }
        view.layout = layout.name
        let candidates = layout.candidates(in: configuration.watch, entries: entries)
        view.passedOver = layout.passedOver(in: configuration.watch, entries: entries, counted: candidates)
            .map { ($0.name, "it is named as a checkpoint but is a \($0.kind.rawValue)") }
        var sighting = DirectorySighting(view: view)
        sighting.isWatchNew = isWatchNew
        let byStep = candidates.sorted { ($0.step, $0.name) > ($1.step, $1.name) }
        sighting.candidates = byStep.enumerated().map { index, candidate in
            let changed = Self.changeTime(of: candidate, isNear: index < CandidateWalk.allowance)
            return CandidateWalk.Seen(candidate: candidate, modified: changed)
        }
        let newest = byStep.first
        do {
            let records = try pinStore.recordsByName()
            sighting.pins = try pinStore.candidates(layout: layout, series: newest?.name, records: records)
                .map { savedWhereItWas($0, newest: newest) }
            sighting.records = records
            sighting.holdings = try pinStore.holdings()
            sighting.available = try FileSystem.space(at: store.root).available
        } catch {
            sighting.pinProblem = "\(error)"
        }
        return (sighting, layout)
    }

    /// When a candidate's entry was changed last, 0 where it is gone.
    ///
    /// A file that is written in place leaves its directory's time as it was, so the files of those near are asked as well.
    private static func changeTime(of candidate: CheckpointCandidate, isNear: Bool) -> Int64 {
        let own = ((try? FileStatus.ifPresent(candidate.path)) ?? nil)?.modificationTime ?? 0
        guard isNear, candidate.unit == .directory, let files = try? CandidateFiles(of: candidate) else { return own }
        return max(own, files.lastModification)
    }

    /// Watches the directory, or what will tell that it has come.
    ///
    /// - Returns: whether the watch is not the one of the look before.
    private mutating func watch(_ watches: inout WatchSet?) -> Bool {
        let before = watches?.root
        let problem = watches?.lead(to: configuration.watch)
        let kind = try? FileSystem.kind(at: configuration.watch)
        view.fileSystem = kind?.name
        if let kind, !kind.tellsAllChanges {
            view.watching = .polling(.fileSystem(kind.name))
        } else if let problem {
            view.watching = .polling(.noWatch(problem: "\(problem)"))
        } else if let missed = context.missedEvent {
            view.watching = .polling(.eventsMissed(missed))
        }
        return watches?.root != before
    }

    private mutating func list() -> [DirectoryEntry] {
        do {
            let entries = try DirectoryListing.entries(of: configuration.watch)
            view.isPresent = true
            return entries
        } catch {
            view.problem =
                error.isNotFound
                ? "\"\(configuration.watch)\" does not exist yet; waiting for the trainer to make it" : "\(error)"
            return []
        }
    }

    private func savedWhereItWas(_ pin: CheckpointCandidate, newest: CheckpointCandidate?) -> CheckpointCandidate {
        if let newest, newest.stepIsInside, newest.identified(by: pin.step).name == pin.name {
            return pin.saved(at: newest.path)
        }
        return pin.saved(in: configuration.watch)
    }
}
