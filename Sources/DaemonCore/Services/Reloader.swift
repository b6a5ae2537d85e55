import ControlProtocol
import LinuxSystem
import Synchronization
import SystemPackage
import Systemd

/// Reads the configuration again, for a signal or for a client of the socket; a bad one is refused as a whole and the
/// old one keeps working.
final class Reloader: Sendable {
    /// How long a look may take before a reload is answered without it, below the time that clients wait.
    private static let longestWait = Duration.seconds(8)

    private let pipeline: Pipeline
    private let watching: WatchingService
    private let file: FilePath?
    private let overrides: ConfigurationOverrides
    private let logLevel: LogLevelBox
    /// One reload after the other, so that the last file read is the one in effect.
    private let turn = Mutex(())

    /// Prepares; nothing is read.
    ///
    /// - Parameters:
    ///   - file: the configuration file, or nil where the daemon runs from its command line alone.
    ///   - overrides: what the command line sets over the file.
    init(
        pipeline: Pipeline,
        watching: WatchingService,
        file: FilePath?,
        overrides: ConfigurationOverrides,
        logLevel: LogLevelBox
    ) {
        self.pipeline = pipeline
        self.watching = watching
        self.file = file
        self.overrides = overrides
        self.logLevel = logLevel
    }

    /// Reads the file, looks at the directory by what it says, and tells systemd, log and status the outcome.
    ///
    /// - Returns: the file, or nil where there is none to read.
    /// - Throws: `ConfigurationError` with every problem.
    func reload() async throws -> FilePath? {
        let notifier = SystemdNotifier()
        notifier.reloading()
        defer { notifier.ready(status: StatusText(pipeline: pipeline, state: pipeline.board.snapshot).summary) }
        let outcome = try await BlockingWork.run(label: "lawad-reload") { [self] in
            turn.withLock { _ in Result { () throws(ConfigurationError) in try readAgain() } }
        }
        let request = watching.rescan(reason: "the configuration was to be reloaded")
        let path = try outcome.get()
        await look(answering: request)
        return path
    }

    private func readAgain() throws(ConfigurationError) -> FilePath? {
        guard let file else {
            pipeline.log(.nothingToReload)
            return nil
        }
        do {
            let old = pipeline.board.snapshot.configuration
            let new = try overrides.apply(to: Configuration.load(file))
            try Self.requireSamePlaces(old, new, file)
            try PlaceRules(configuration: new).requireSeparate(file: file)
            logLevel.set(new.logLevel)
            pipeline.board.update { state in
                state.configuration = new
                state.reloadProblem = nil
            }
            pipeline.log(.reloaded(path: file))
            return file
        } catch {
            pipeline.board.update { $0.reloadProblem = error.summary }
            pipeline.log(.reloadRefused(problem: "\(error)"))
            throw error
        }
    }

    /// Waits until a look has answered the request, so that whoever asks next sees the new windows.
    private func look(answering request: Int) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [pipeline] in
                for await _ in pipeline.board.changes() where pipeline.board.snapshot.answeredRequest >= request {
                    return
                }
            }
            group.addTask { try? await Task.sleep(for: Self.longestWait) }
            await group.next()
            group.cancelAll()
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
