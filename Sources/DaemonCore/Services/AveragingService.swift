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
        var request = 0
        for await _ in pipeline.board.changes().cancelOnGracefulShutdown() {
            request = try await catchUp() ?? request
            let state = pipeline.board.snapshot
            let isUpToDate = state.looks > 0 && state.answeredRequest >= request && !state.view.isSettling
            if mode == .untilIdle, isUpToDate, pipeline.nextJob(now: .now) == nil { return }
        }
    }

    /// Makes what is due.
    ///
    /// - Returns: the number of the last request for a look that became necessary, if one did.
    private func catchUp() async throws -> Int? {
        var request: Int?
        if !pipeline.board.snapshot.output.unsettled.isEmpty {
            try await BlockingWork.run(label: "lawad-settle") { pipeline.settleWhatIsDue(now: .now) }
        }
        while !Task.isCancelled, !Task.isShuttingDownGracefully, let job = pipeline.nextJob(now: .now) {
            let control = AveragingControl()
            let average = try await withGracefulShutdownHandler {
                try await BlockingWork.run(label: "lawad-average") { pipeline.perform(job, control: control) }
            } onGracefulShutdown: {
                control.cancel()
            }
            if let average {
                await cancelWhenGracefulShutdown { await AverageHook(pipeline: pipeline).run(for: average) }
            } else if !control.isCancelled {
                // A member that changed or vanished is seen by the look, not by trying again.
                request = watching.rescan(reason: "an average could not be made")
            }
        }
        return request
    }
}
