import Averaging
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport

@testable import Checkpoints
@testable import DaemonCore

/// A watched directory and its pins in memory, with a clock that is set by hand, for a machine that nothing else drives.
struct SimulatedRun {
    /// One save of one checkpoint.
    struct Version: Hashable {
        let step: Int
        let inode: UInt64
        let modified: Int64
        /// What the only tensor's shape is.
        let width: Int
        /// Which course of the run saved it, counted from 0.
        let course: Int
    }

    /// What lies in the directory under one name.
    struct Saved {
        var version: Version
        var isWhole: Bool
    }

    static let watch: FilePath = "/run"
    static let pinDirectory: FilePath = "/run.lawa/.lawad/pins"
    static let windowSize = 3

    let configuration: Configuration
    private(set) var machine: WatchMachine
    private(set) var now: Moment
    /// The directory, by step.
    var directory: [Int: Saved] = [:]
    /// The pins, by name.
    private(set) var pins: [String: Version] = [:]
    private(set) var view = DirectoryView()
    private(set) var lookCount = 0
    private var lastInode: UInt64 = 0
    /// How often a pin was made.
    private(set) var pinCount = 0
    /// Bytes that are free where no pin holds any.
    var room = 1 << 40

    init(pin: PinMethod, maxPinned: Int? = nil) {
        var configuration = Configuration(watch: Self.watch)
        configuration.recipes = [Recipe(name: "lawa", window: .last(Self.windowSize))]
        configuration.settle = .seconds(1)
        configuration.pin = pin
        configuration.limits.maxPinned = maxPinned
        self.configuration = configuration
        machine = WatchMachine(configuration: configuration, mayPin: true)
        now = Moment(instant: .now, realtime: 1_700_000_000_000_000_000)
    }

    /// Forgets what a killed daemon forgets.
    mutating func restart() {
        machine = WatchMachine(configuration: configuration, mayPin: true)
    }

    mutating func advance(by duration: Duration) {
        now = Moment(instant: now.instant + duration, realtime: now.realtime + Int64(duration / .nanoseconds(1)))
    }

    /// Begins a save, or makes it whole at once.
    mutating func save(_ step: Int, width: Int, course: Int, isWhole: Bool) {
        lastInode += 1
        let version = Version(step: step, inode: lastInode, modified: now.realtime, width: width, course: course)
        directory[step] = Saved(version: version, isWhole: isWhole)
    }

    /// Looks once; `meanwhile` is called before each action of the look.
    mutating func look(meanwhile: (inout SimulatedRun) -> Void = { _ in }) {
        var actions = machine.take(.listed(sighting, LookContext()), at: now)[...]
        lookCount += 1
        while let action = actions.popFirst() {
            meanwhile(&self)
            if case .show(let view) = action {
                self.view = view
                return
            }
            guard let observation = carryOut(action) else { continue }
            actions += machine.take(observation, at: now)
        }
    }

    /// Looks whenever the machine asks for it, until it asks no more.
    mutating func settle() {
        look()
        while let deadline = machine.nextDeadline {
            advance(by: max(.milliseconds(1), deadline - now.instant))
            look()
        }
    }

    /// What is to be averaged, as long as nothing is.
    var schedule: AveragingSchedule {
        AveragingSchedule(
            recipe: configuration.recipes[0],
            checkpoints: view.complete,
            generations: view.generations,
            averages: []
        )
    }

    /// The members of the newest window, oldest first.
    var window: [Version] {
        let members = schedule.newest?.members ?? []
        let known = directory.values.map(\.version) + pins.values
        return members.compactMap { member in
            known.first { $0.inode == member.weights[0].fingerprint.inode }
        }
    }
}

extension SimulatedRun {
    private var sighting: DirectorySighting {
        var view = DirectoryView()
        view.isPresent = true
        var sighting = DirectorySighting(view: view)
        sighting.candidates = directory.values.map { saved in
            CandidateWalk.Seen(
                candidate: Self.candidates[saved.version.step / 10],
                modified: saved.version.modified
            )
        }
        sighting.pins = pins.values.map { Self.pinCandidates[$0.step / 10] }
        sighting.holdings = pins.mapValues { pin in
            let isLinked = configuration.pin != .copy && directory[pin.step]?.version == pin
            return PinHolding(byteCount: isLinked ? 0 : Self.byteCount(pin), isLinked: isLinked)
        }
        sighting.available = room - sighting.holdings.values.reduce(0) { $0 + $1.byteCount }
        return sighting
    }

    /// By the tenth part of the step; made once, because paths are slow to make in a debug build.
    private static let candidates = (0...200).map { tenth in
        let name = "checkpoint-\(tenth * 10)"
        return CheckpointCandidate(name: name, step: Step(tenth * 10), unit: .directory, path: watch.appending(name))
    }

    private static let pinCandidates = candidates.map { $0.relocated(to: pinDirectory).saved(in: watch) }

    private mutating func carryOut(_ action: WatchMachine.Action) -> WatchMachine.Observation? {
        switch action {
        case .watch, .show: return nil
        case .read(let candidate):
            guard let (version, _) = present(candidate) else { return .read(.failure(.vanished)) }
            return .read(.success(CandidateFiles([Self.file(version)])))
        case .inspect(let candidate, let files, _):
            guard let (version, isWhole) = present(candidate) else { return .inspected(.failure(.vanished)) }
            guard isWhole else { return .inspected(.failure(.missingMarker(file: "trainer_state.json"))) }
            guard files.files == [Self.file(version)] else { return .inspected(.failure(.settling)) }
            return .inspected(.success(Self.checkpoint(version, as: candidate)))
        case .pin(let checkpoint, let allowingCopy):
            return .pinned(configuration.pin == .copy && !allowingCopy ? .needsRoom : pin(checkpoint))
        case .release(let kept):
            pins = pins.filter { kept.contains($0.key) }
            return .released(problem: nil)
        }
    }

    private mutating func pin(_ checkpoint: Checkpoint) -> PinOutcome {
        guard let (version, isWhole) = present(checkpoint.candidate), isWhole,
            checkpoint.weights == [Self.file(version)]
        else { return .changed }
        pins[checkpoint.name] = version
        pinCount += 1
        return .pinned(
            Self.checkpoint(version, as: Self.pinCandidates[version.step / 10]),
            configuration.pin == .copy ? .copy : .hardlink
        )
    }

    private func present(_ candidate: CheckpointCandidate) -> (Version, isWhole: Bool)? {
        if candidate.isPin { return pins[candidate.name].map { ($0, true) } }
        return directory[candidate.step.value].map { ($0.version, $0.isWhole) }
    }

    static func byteCount(_ version: Version) -> Int { 100 + 4 * version.width }

    private static func file(_ version: Version) -> CheckpointFile {
        let fingerprint = FileFingerprint(
            device: 1,
            inode: version.inode,
            byteCount: byteCount(version),
            modificationTime: version.modified
        )
        return CheckpointFile(relativePath: "model.safetensors", fingerprint: fingerprint)
    }

    private static func checkpoint(_ version: Version, as candidate: CheckpointCandidate) -> Checkpoint {
        let info = TensorInfo(
            name: "w",
            elementType: .f32,
            shape: [version.width],
            byteRange: 100..<(100 + 4 * version.width)
        )
        let entries = [TensorCatalog.Entry(name: "w", info: info, file: 0)]
        guard let catalog = try? TensorCatalog(entries, files: [], names: ["model.safetensors"]) else {
            fatalError("a catalog of one tensor has no name twice")
        }
        return Checkpoint(
            candidate: candidate,
            weights: [file(version)],
            companions: [],
            markers: [],
            catalog: catalog,
            savingEnded: version.modified
        )
    }
}
