import ServiceLifecycle
import SystemPackage
import Systemd
import UnixSignals

/// Reads the configuration again on SIGHUP; a bad one is refused as a whole and the old one keeps working.
struct ReloadingService: Service {
    let pipeline: Pipeline
    let watching: WatchingService
    /// The configuration file, or nil where the daemon runs from its command line alone.
    let file: FilePath?
    /// What the command line sets over the file.
    let overrides: ConfigurationOverrides
    let logLevel: LogLevelBox

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            let notifier = SystemdNotifier()
            notifier.reloading()
            reload()
            watching.rescan(reason: "the configuration was to be reloaded")
            notifier.ready(status: StatusText(pipeline: pipeline, state: pipeline.board.snapshot).summary)
        }
    }

    private func reload() {
        guard let file else { return pipeline.log(.nothingToReload) }
        do {
            let old = pipeline.board.snapshot.configuration
            let new = try overrides.apply(to: Configuration.load(file))
            try Self.requireSamePlaces(old, new, file)
            logLevel.set(new.logLevel)
            pipeline.board.update { state in
                state.configuration = new
                state.reloadProblem = nil
            }
            pipeline.log(.reloaded(path: file))
        } catch {
            pipeline.board.update { $0.reloadProblem = "\(error)" }
            pipeline.log(.reloadRefused(problem: "\(error)"))
        }
    }

    /// Places are tied to locks, watches and sockets that a running daemon holds.
    static func requireSamePlaces(
        _ old: Configuration,
        _ new: Configuration,
        _ file: FilePath
    ) throws(ConfigurationError) {
        let places: [(key: String, old: String, new: String)] = [
            ("watch", old.watch.string, new.watch.string),
            ("output", old.outputRoot.string, new.outputRoot.string),
            ("control.socket", old.control.socket?.string ?? "null", new.control.socket?.string ?? "null"),
            ("control.mode", String(old.control.mode, radix: 8), String(new.control.mode, radix: 8)),
            ("control.group", old.control.group ?? "null", new.control.group ?? "null"),
        ]
        let problems = places.filter { $0.old != $0.new }.map { place in
            ConfigurationProblem(
                key: place.key,
                problem: "changed from \"\(place.old)\" to \"\(place.new)\"",
                allowed: "restart the daemon to change it"
            )
        }
        guard problems.isEmpty else { throw ConfigurationError(path: file, problems: problems) }
    }
}
