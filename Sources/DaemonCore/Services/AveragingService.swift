import Averaging
import ServiceLifecycle
import Synchronization

/// Makes every average that is due, one after the other, whenever something changed.
struct AveragingService: Service {
    /// When the service ends.
    enum Mode {
        /// When the daemon is told to stop.
        case forever
        /// When nothing is due any more.
        case untilIdle
    }

    let pipeline: Pipeline
    let watching: WatchingService
    let mode: Mode

    func run() async throws {
        for await _ in pipeline.board.changes().cancelOnGracefulShutdown() {
            try await catchUp()
            let state = pipeline.board.snapshot
            if mode == .untilIdle, state.looks > 0, !state.view.isSettling, pipeline.nextJob(now: .now) == nil {
                return
            }
        }
    }

    private func catchUp() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully, let job = pipeline.nextJob(now: .now) {
            let control = AveragingControl()
            let average = try await withGracefulShutdownHandler {
                try await BlockingWork.run(label: "lawad-average") { pipeline.perform(job, control: control) }
            } onGracefulShutdown: {
                control.cancel()
            }
            if let average {
                await AverageHook(pipeline: pipeline).run(for: average)
            } else if !control.isCancelled {
                // A member that changed or vanished is seen by the look, not by trying again.
                watching.rescan(reason: "an average could not be made")
            }
        }
    }
}
