import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// Looks at the watched directory and at the pins: carries out what `WatchMachine` decides.
///
/// The watch is added before the directory is listed, so that nothing falls between the two. Owned by the one thread that
/// looks; it blocks on file I/O.
struct DirectoryObserver {
    private let store: AverageStore
    private var watches: WatchSet?
    private var machine: WatchMachine

    /// Observes for a configuration; without `inotify` only explicit looks see anything.
    ///
    /// - Parameter mayPin: whether looking may make pins and let them go.
    init(configuration: Configuration, store: AverageStore, inotify: Inotify?, mayPin: Bool = true) {
        self.store = store
        watches = inotify.map(WatchSet.init)
        machine = WatchMachine(configuration: configuration, mayPin: mayPin)
    }

    /// Takes over a new configuration; what is known about candidates stays unless their meaning changes.
    mutating func reconfigure(_ configuration: Configuration) {
        machine = machine.reconfigured(configuration)
    }

    /// See `WatchMachine.nextDeadline`.
    var nextDeadline: ContinuousClock.Instant? { machine.nextDeadline }

    /// Looks once.
    ///
    /// - Parameter heartbeat: called between candidates and while something is copied; what it throws ends the look.
    mutating func look(_ context: LookContext, heartbeat: () throws -> Void) rethrows -> DirectoryView {
        var reader = DirectoryReader(configuration: machine.configuration, store: store, context: context)
        guard let (sighting, layout) = reader.read(watches: &watches) else {
            _ = machine.take(.unseen(reader.view), at: .now)
            return reader.view
        }
        let hands = Hands(
            inspector: CheckpointInspector(layout: layout, model: machine.configuration.model),
            pins: reader.pinStore
        )
        var watching = sighting.view.watching
        var actions = machine.take(.listed(sighting, context), at: .now)[...]
        while let action = actions.popFirst() {
            try heartbeat()
            switch action {
            case .show(var view):
                view.watching = watching
                return view
            case .watch(let directories):
                let problem = watches?.watchOnly(directories)
                if let problem, case .events = watching { watching = .polling(.noWatch(problem: "\(problem)")) }
            default:
                actions += hands.carryOut(action, heartbeat).map { machine.take($0, at: .now) } ?? []
            }
        }
        return sighting.view
    }
}

/// What carries out the actions of a look that touch candidates and pins.
private struct Hands {
    let inspector: CheckpointInspector
    let pins: PinStore

    func carryOut(_ action: WatchMachine.Action, _ heartbeat: () throws -> Void) -> WatchMachine.Observation? {
        switch action {
        case .watch, .show: nil
        case .read(let candidate):
            .read(Result { () throws(Incompleteness) in try CandidateFiles(of: candidate) })
        case .inspect(let candidate, let files, let heldByteCount):
            .inspected(inspector.inspect(candidate, files: files, memory: .beside(heldByteCount)))
        case .pin(let checkpoint, let allowingCopy):
            .pinned(pin(checkpoint, allowingCopy: allowingCopy, heartbeat))
        case .release(let kept):
            .released(problem: release(except: kept))
        }
    }

    private func pin(_ checkpoint: Checkpoint, allowingCopy: Bool, _ heartbeat: () throws -> Void) -> PinOutcome {
        do {
            let pin = try pins.pin(checkpoint, inspector: inspector, allowingCopy: allowingCopy) { _ in try heartbeat()
            }
            return pin.map { .pinned($0.checkpoint, $0.means) } ?? .needsRoom
        } catch is Incompleteness {
            return .changed
        } catch is CancellationError {
            return .changed
        } catch {
            return .failed("\(error)")
        }
    }

    private func release(except kept: Set<String>) -> String? {
        do {
            _ = try pins.release(except: kept)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
