import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// Keeps the members of every window from the trainer's rotation, and lets go of what has left all windows.
struct PinKeeper {
    let store: AverageStore
    let configuration: Configuration
    let context: LookContext
    /// What the look before needed: an average may have been chosen from it that has not begun yet.
    let recentlyNeeded: Set<String>
    let inspector: CheckpointInspector
    /// The newest candidate in the directory, whose run pins have to belong to.
    let newest: CheckpointCandidate?

    /// The candidate that its trainer writes again with every save, where the directory has one.
    private var inPlace: CheckpointCandidate? { newest.flatMap { $0.stepIsInside ? $0 : nil } }

    /// Where the pins of a store are.
    static func directory(in store: AverageStore) -> FilePath {
        store.privateDirectory.appending("pins")
    }

    private var pins: PinStore {
        PinStore(directory: Self.directory(in: store), staging: store.stagingDirectory, method: configuration.pin)
    }

    /// Pins what a window needs, adds what lives on only as a pin, and releases the rest.
    ///
    /// - Parameter present: names of the candidates in the watched directory.
    /// - Returns: the names that windows need now.
    func keep(
        _ view: inout DirectoryView,
        present: Set<String>,
        tracker: inout CheckpointTracker
    ) -> Set<String> {
        do {
            let existing = try pinnedCheckpoints(&tracker)
            addPinOnly(existing, to: &view, present: present, tracker)
            pinSettling(existing, in: &view)
            let needed = configuration.recipes.reduce(into: Set<String>()) { names, recipe in
                let schedule = AveragingSchedule(
                    recipe: recipe,
                    checkpoints: context.failures.admitted(view.complete),
                    averages: context.averages[recipe.name, default: []],
                    underway: context.underway[recipe.name]
                )
                names.formUnion(schedule.needed)
            }
            for index in view.complete.indices where needed.contains(view.complete[index].name) {
                pin(index, existing, in: &view)
            }
            // A checkpoint that is being rewritten keeps its pin until the new version is whole, and one that the trainer
            // deleted before it had settled until it has.
            let unsettled = existing.keys.filter { !Self.isSettled($0, tracker) }
            let kept = needed.union(recentlyNeeded).union(view.incomplete.map(\.candidate.name)).union(unsettled)
            // Where nothing can be used, as after a slip in the configuration, pins may be all that is left of a run.
            if !view.complete.isEmpty { _ = try pins.release(except: kept) }
            view.pinned.formIntersection(kept)
            view.complete.removeAll { view.pinOnly.contains($0.name) && !kept.contains($0.name) }
            view.pinOnly.formIntersection(kept)
            return needed
        } catch {
            view.pinProblem = "\(error)"
            return recentlyNeeded
        }
    }

    /// Adds what lives on only as a pin, and changes nothing on disk.
    func list(in view: inout DirectoryView, present: Set<String>, tracker: inout CheckpointTracker) {
        do {
            let existing = try pinnedCheckpoints(&tracker)
            addPinOnly(existing, to: &view, present: present, tracker)
        } catch {
            view.pinProblem = "\(error)"
        }
    }

    /// Everything that is pinned whole, settled or not, by name.
    private func pinnedCheckpoints(_ tracker: inout CheckpointTracker) throws -> [String: Checkpoint] {
        var found: [String: Checkpoint] = [:]
        let candidates = try pins.candidates(layout: inspector.layout, series: newest?.name).map(savedWhereItWas)
        tracker.forget(except: Set(candidates.map(\.name)))
        for candidate in candidates {
            let sighting = CheckpointTracker.Sighting(candidate: candidate, files: try CandidateFiles(of: candidate))
            let realtime = HostProcess.realtimeNanoseconds
            if tracker.observe(sighting, now: .now, realtime: realtime, thoroughly: false) {
                let result = inspector.inspect(candidate, files: sighting.files)
                tracker.record(result, for: candidate.name)
            }
            switch tracker.verdict(of: candidate.name) {
            case .complete(let checkpoint), .settling(let checkpoint?): found[candidate.name] = checkpoint
            default: continue
            }
        }
        return found
    }

    private func savedWhereItWas(_ pin: CheckpointCandidate) -> CheckpointCandidate {
        if let inPlace, inPlace.identified(by: pin.step).name == pin.name { return pin.saved(at: inPlace.path) }
        return pin.saved(in: configuration.watch)
    }

    private static func isSettled(_ name: String, _ tracker: CheckpointTracker) -> Bool {
        if case .complete = tracker.verdict(of: name) { true } else { false }
    }

    /// Adds pinned checkpoints that the directory no longer has whole.
    private func addPinOnly(
        _ existing: [String: Checkpoint],
        to view: inout DirectoryView,
        present: Set<String>,
        _ tracker: CheckpointTracker
    ) {
        let whole = Set(view.complete.map(\.name))
        let written = (view.complete + view.settling).first(where: \.candidate.isWrittenInPlace)
        for (name, checkpoint) in existing where !whole.contains(name) && Self.isSettled(name, tracker) {
            if let written, Self.isOutrun(checkpoint, by: written) { continue }
            view.complete.append(checkpoint)
            view.pinned.insert(name)
            if !present.contains(name) { view.pinOnly.insert(name) }
        }
        view.complete.sort { ($0.step, $0.name) < ($1.step, $1.name) }
    }

    /// Whether a file that is written in place has gone back to an earlier step since: a run that began again, of which
    /// the pin is no part.
    private static func isOutrun(_ pin: Checkpoint, by written: Checkpoint) -> Bool {
        pin.step >= written.step && !pin.isSameVersion(as: written) && pin.modified < written.modified
    }

    /// Pins by link what looks whole but has not settled yet: a trainer that keeps one checkpoint may delete it sooner.
    private func pinSettling(_ existing: [String: Checkpoint], in view: inout DirectoryView) {
        guard [.auto, .hardlink, .reflink].contains(configuration.pin) else { return }
        for checkpoint in view.settling
        where existing[checkpoint.name]?.isSameVersion(as: checkpoint) != true && !pins.mayCopy(checkpoint.candidate) {
            do {
                _ = try pins.pin(checkpoint, inspector: inspector)
            } catch is Incompleteness {
                // It changed under the hand, so it was not whole; the next look tells.
                continue
            } catch {
                view.pinProblem = "cannot pin \"\(checkpoint.name)\": \(error)"
            }
        }
    }

    private func pin(_ index: Int, _ existing: [String: Checkpoint], in view: inout DirectoryView) {
        let checkpoint = view.complete[index]
        guard !view.pinned.contains(checkpoint.name), configuration.pin != .none else { return }
        do {
            let current = existing[checkpoint.name].flatMap { $0.isSameVersion(as: checkpoint) ? $0 : nil }
            if current == nil, let problem = try copyProblem(checkpoint) {
                view.pinProblem = problem
                return
            }
            guard let pinned = try current ?? pins.pin(checkpoint, inspector: inspector) else {
                view.pinProblem =
                    "this filesystem allows neither reflinks nor hard links here; "
                    + "set \"pin\" to \"copy\" if the trainer deletes checkpoints before the window is full"
                return
            }
            view.complete[index] = pinned
            view.pinned.insert(checkpoint.name)
        } catch {
            view.pinProblem = "cannot pin \"\(checkpoint.name)\": \(error)"
        }
    }

    /// Why a full copy has no room; links and reflinks take none.
    private func copyProblem(_ checkpoint: Checkpoint) throws -> String? {
        guard pins.mayCopy(checkpoint.candidate) else { return nil }
        let needed = checkpoint.weightByteCount + checkpoint.companionByteCount
        let minimumFree = configuration.limits.minFree
        let available = try FileSystem.space(at: store.root).available
        guard available - needed < minimumFree else { return nil }
        return "no room to copy \"\(checkpoint.name)\": it has \(needed) bytes and \(minimumFree) are to stay free, "
            + "but only \(available) are available; free space or lower limits.min_free"
    }
}
