import Averaging
import Dispatch
import LinuxSystem
import Synchronization
import SystemPackage
import UnixSignals

/// One average by hand: made beside its destination, renamed into place, stopped by a signal without a trace.
struct AverageJob {
    let plan: AveragingPlan
    let destination: Destination
    let format: OutputFormat
    let limits: EngineLimits
    let showsProgress: Bool

    /// Does it and returns the manifest; throws `Failure`.
    func run() async throws -> AverageManifest {
        let control = AveragingControl()
        control.begin(byteCount: plan.bytesToRead)
        let stop = StopSignal(control)
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let listener = Task { for await signal in signals { stop.receive(signal) } }
        let drawing = Task { if showsProgress { await ProgressMeter(control: control).run() } }
        let result = await Self.onOwnThread { try make(control) }
        drawing.cancel()
        await drawing.value
        listener.cancel()
        do {
            return try result.get()
        } catch {
            throw stop.failure(output: destination.path) ?? Failure(error)
        }
    }

    private func make(_ control: AveragingControl) throws -> AverageManifest {
        let staging = try destination.makeStaging()
        defer { try? Publication.removeTree(staging.path) }
        do {
            let staged = try StagedAverage.make(
                plan,
                in: staging,
                outputName: destination.name,
                format: format,
                averager: Averager(limits: limits),
                control: control,
                program: "lawa \(LawaVersion.current)"
            )
            // A signal that came after the last block is obeyed as well, as long as nothing is published.
            if control.isCancelled { throw AveragingError.cancelled }
            try destination.publish(staged)
            return staged.manifest
        } catch let error as AveragingError {
            throw Failure(averaging: error, output: destination.path)
        }
    }

    /// Runs what blocks for long where no asynchronous code waits for the thread.
    private static func onOwnThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async -> Result<Value, any Error> {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "average").async { continuation.resume(returning: Result(catching: body)) }
        }
    }
}

/// The signal that asked an average to stop, if any did.
private final class StopSignal: Sendable {
    private let control: AveragingControl
    private let received = Mutex<UnixSignal?>(nil)

    init(_ control: AveragingControl) {
        self.control = control
    }

    /// Notes the first signal and stops the pass.
    func receive(_ signal: UnixSignal) {
        received.withLock { $0 = $0 ?? signal }
        control.cancel()
    }

    /// How the process ends because of the signal; nil where there was none.
    func failure(output: FilePath) -> Failure? {
        received.withLock(\.self).map { signal in
            let (status, name): (Failure.Status, String) =
                switch signal {
                case .sigint: (.interrupted, "SIGINT")
                case .sighup: (.hungUp, "SIGHUP")
                default: (.terminated, "SIGTERM")
                }
            return Failure(status, "stopped by \(name); nothing was written to \"\(output)\"")
        }
    }
}
