import Averaging
import Checkpoints
import LinuxSystem

/// How members are kept from the trainer's rotation, and let go of when they have left all windows.
extension WatchMachine {
    /// Goes on with the next pin, or with the candidates after the last.
    mutating func nextPin(at now: Moment) -> [Action] {
        if let pin = look.unreadPins.popFirst() {
            look.stage = .pins(pin)
            return [.read(pin)]
        }
        pinTracker.forget(except: Set(look.sighting.pins.map(\.name)))
        return nextCandidate(at: now)
    }

    /// Decides once everything was looked into.
    mutating func decide(at now: Moment) -> [Action] {
        addPinOnly()
        keepToTheRun(at: now)
        return mayPin ? beginPinning(at: now) : end()
    }

    /// Takes in the files of a pin; one that cannot be read is none.
    mutating func sightedPin(
        _ pin: CheckpointCandidate,
        _ files: Result<CandidateFiles, Incompleteness>,
        at now: Moment
    ) -> [Action] {
        guard case .success(let files) = files else { return nextPin(at: now) }
        let sighting = CheckpointTracker.Sighting(candidate: pin, files: files)
        if pinTracker.observe(sighting, at: now, thoroughly: false) { return [inspect(pin, files)] }
        return concludedPin(pin, at: now)
    }

    /// Takes in what looking into a pin gave.
    mutating func inspectedPin(
        _ pin: CheckpointCandidate,
        _ result: Result<Checkpoint, Incompleteness>,
        at now: Moment
    ) -> [Action] {
        // What lay beside it is not kept with it.
        let beside = look.sighting.records[pin.name]?.leftOut ?? []
        pinTracker.record(result.map { sharing($0.beside(beside)) }, for: pin.name)
        return concludedPin(pin, at: now)
    }

    private mutating func concludedPin(_ pin: CheckpointCandidate, at now: Moment) -> [Action] {
        switch pinTracker.verdict(of: pin.name) {
        case .complete(let checkpoint), .settling(let checkpoint?): look.pins[pin.name] = checkpoint
        default: break
        }
        return nextPin(at: now)
    }

    /// Adds pinned checkpoints that the directory no longer has whole.
    private mutating func addPinOnly() {
        let whole = Set(look.view.complete.map(\.name))
        let present = Set(look.walk.candidates.map(\.name))
        for (name, checkpoint) in look.pins where !whole.contains(name) && pinTracker.isComplete(name) {
            look.view.complete.append(checkpoint)
            look.view.pinned.insert(name)
            if !present.contains(name) { look.view.pinOnly.insert(name) }
        }
        look.view.complete.sort { ($0.step, $0.name) < ($1.step, $1.name) }
    }
}
