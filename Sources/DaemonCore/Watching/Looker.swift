import Averaging
import Checkpoints
import LinuxSystem

/// Looks at the directory, puts what it finds on the board and tells what is new.
struct Looker {
    private let pipeline: Pipeline
    private var observer: DirectoryObserver
    private var told = ToldEvents()
    private var configuration: Configuration

    /// Without `inotify` only explicit looks see anything.
    init(pipeline: Pipeline, inotify: Inotify?) {
        self.pipeline = pipeline
        configuration = pipeline.board.snapshot.configuration
        observer = DirectoryObserver(configuration: configuration, store: pipeline.store, inotify: inotify)
    }

    /// See `DirectoryObserver.nextDeadline`.
    var nextDeadline: ContinuousClock.Instant? { observer.nextDeadline }

    /// Looks once.
    ///
    /// - Parameters:
    ///   - thoroughly: a full look, which also reads again what is published.
    ///   - request: the last request for a look that this one answers.
    ///   - missedEvent: what a look found that no event had told, where that has happened.
    ///   - heartbeat: see `DirectoryObserver.look`.
    /// - Returns: what it found.
    @discardableResult
    mutating func look(
        thoroughly: Bool,
        request: Int = 0,
        missedEvent: String? = nil,
        heartbeat: () throws -> Void
    ) rethrows -> DirectoryView {
        if thoroughly { pipeline.refreshAverages() }
        let state = pipeline.board.snapshot
        if state.configuration != configuration {
            configuration = state.configuration
            observer.reconfigure(configuration)
        }
        let context = LookContext(
            averages: state.averages,
            failures: state.failures,
            underway: state.activity.map { [$0.recipe: $0.step] } ?? [:],
            isThorough: thoroughly,
            missedEvent: missedEvent
        )
        let view = try observer.look(context, heartbeat: heartbeat)
        for event in told.news(in: view, watch: configuration.watch) { pipeline.log(event) }
        pipeline.board.update { state in
            state.view = view
            state.looks += 1
            state.answeredRequest = request
            state.failures.forget(except: view.complete)
        }
        return view
    }
}
