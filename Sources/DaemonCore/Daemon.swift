import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import Logging
import ServiceLifecycle
package import SystemPackage
import Systemd
import UnixSignals

/// The daemon: takes the lock, binds the socket, and runs its services until it is told to stop.
package struct Daemon {
    /// What to do with the directory.
    package enum Mode: Sendable {
        /// Watch until told to stop.
        case watch
        /// Handle what is there, then end.
        case once
    }

    private let configuration: Configuration
    private let file: FilePath?
    private let overrides: ConfigurationOverrides
    private let mode: Mode

    /// Prepares a daemon; nothing is touched yet.
    ///
    /// - Parameters:
    ///   - file: the configuration file, or nil where the command line says all.
    ///   - overrides: what the command line sets over the file.
    package init(file: FilePath?, overrides: ConfigurationOverrides, mode: Mode) throws(ConfigurationError) {
        configuration = try Self.configuration(file: file, overrides: overrides)
        self.file = file
        self.overrides = overrides
        self.mode = mode
    }

    /// The configuration that a file and the command line give together.
    static func configuration(
        file: FilePath?,
        overrides: ConfigurationOverrides
    ) throws(ConfigurationError) -> Configuration {
        if let file { return try overrides.apply(to: Configuration.load(file)) }
        guard let watch = overrides.watch else {
            let problem = ConfigurationProblem(
                key: "watch",
                problem: "missing",
                allowed: "give --watch DIR or --config FILE"
            )
            throw ConfigurationError(path: nil, problems: [problem])
        }
        return try overrides.apply(to: Configuration(watch: watch))
    }

    /// The name by which tools find this daemon: that of its configuration file, or of the watched directory.
    private var instance: String {
        file?.stem ?? SocketLocation.instance(watching: configuration.watch)
    }

    /// Runs until told to stop, or in `once` mode until nothing is left to do.
    ///
    /// - Throws: `LockError` where another daemon has the output, `UnixSocketError` where another one answers at the
    ///   socket, `SystemCallError` where the output cannot be made, and whatever ends a service.
    package func run() async throws {
        let startedAt = ContinuousClock.now
        try PlaceRules(configuration: configuration).requireSeparate(file: file)
        let store = AverageStore(root: configuration.outputRoot, watched: configuration.watch)
        let lock = try takeOutput(store)
        let logLevel = LogLevelBox(configuration.logLevel)
        let log = DaemonLog(Self.logger(logLevel), instance: instance)
        let pipeline = Pipeline(board: StatusBoard(configuration: configuration), store: store, log: log)
        pipeline.restoreOutput()
        let watching = try WatchingService(pipeline: pipeline, lock: lock)
        log(
            .starting(
                version: Program.version,
                watch: configuration.watch,
                output: configuration.outputRoot,
                recipes: configuration.recipes.map { "\($0.name) averages \($0.window)" }.joined(separator: ", ")
            )
        )
        let services: [ServiceGroupConfiguration.ServiceConfiguration]
        switch mode {
        case .watch:
            services = try watchServices(pipeline, watching, logLevel, startedAt)
        case .once:
            services = [
                .init(service: watching),
                .init(
                    service: AveragingService(pipeline: pipeline, watching: watching, mode: .untilIdle),
                    successTerminationBehavior: .gracefullyShutdownGroup
                ),
            ]
        }
        try await Self.runGroup(services)
        withExtendedLifetime(lock) {}
        if mode == .once, let failure = pipeline.firstFailure { throw failure }
    }

    /// Makes the output and takes its lock.
    private func takeOutput(_ store: AverageStore) throws -> LockFile {
        do {
            let directory = try store.makePrivateDirectory()
            let lock = try LockFile.acquire(
                store.privatePlace.path.appending("lock"),
                in: directory,
                holder: "lawad watching \(configuration.watch)"
            )
            try store.prepare()
            return lock
        } catch let error as SystemCallError where error.isPermissionDenied || error.isReadOnly {
            throw OutputRefusal(cause: error, watch: configuration.watch)
        }
    }

    private func watchServices(
        _ pipeline: Pipeline,
        _ watching: WatchingService,
        _ logLevel: LogLevelBox,
        _ startedAt: ContinuousClock.Instant
    ) throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let listener = try listen(pipeline.log)
        let reloader = Reloader(
            pipeline: pipeline,
            watching: watching,
            file: file,
            overrides: overrides,
            logLevel: logLevel
        )
        let routes = ControlRoutes(
            pipeline: pipeline,
            watching: watching,
            reloader: reloader,
            identity: DaemonIdentity(instance: instance, startedAt: startedAt)
        )
        // Shutdown goes from last to first: systemd hears of it, the average is discarded, and the socket answers longest.
        let control = listener.map { ControlServer(listener: $0, answer: routes.answer) }
        return [control.map { .init(service: $0) }].compactMap(\.self) + [
            .init(service: watching, failureTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: AveragingService(pipeline: pipeline, watching: watching, mode: .forever)),
            .init(service: ReloadingService(reloader: reloader)),
            .init(service: SystemdReporter(pipeline: pipeline, watching: watching)),
        ]
    }

    /// Listens at the control socket; nil where that would be in a directory of somebody else's, which is no reason not
    /// to average.
    private func listen(_ log: DaemonLog) throws -> UnixSocketListener? {
        let socket = configuration.control.socket ?? SocketLocation.path(instance: instance)
        do throws(SocketDistrust) {
            try SocketLocation.claimFallback(for: socket)
        } catch {
            log(.socketUnavailable(reason: "\"\(error.path)\": \(error.reason)"))
            return nil
        }
        try Publication.makeDirectories(socket.removingLastComponent(), mode: 0o755)
        let listener = try UnixSocketListener.bind(
            socket,
            mode: configuration.control.mode,
            group: configuration.control.group
        )
        // Tools and the unit's ExecReload= find a socket that was put elsewhere by its usual place.
        if let usual = SocketLocation.supervisedPath, usual != socket {
            try StagedSymlink(target: socket.string, in: usual.removingLastComponent()).publish(as: usual)
        }
        return listener
    }

    private static func runGroup(_ services: [ServiceGroupConfiguration.ServiceConfiguration]) async throws {
        // Errors of services reach the caller; the group's own log would only repeat them.
        let logger = Logger(label: "lawad.services") { _ in SwiftLogNoOpLogHandler() }
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        // Below the unit's TimeoutStopSec, so that a stuck service ends the daemon before systemd kills it.
        group.maximumGracefulShutdownDuration = .seconds(20)
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }

    private static func logger(_ level: LogLevelBox) -> Logger {
        Logger(label: "lawad") { _ -> any LogHandler in
            let handler: any LogHandler =
                Journal.isStandardError
                ? JournalLogHandler(identifier: "lawad", level: .debug) : TerminalLogHandler(level: .debug)
            return LevelFilteringHandler(level: level, handler: handler)
        }
    }
}
