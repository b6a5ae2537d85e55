import ControlProtocol
import HTTPTypes
import Hummingbird
import LinuxSystem
import SystemPackage

/// What each request of the control socket is answered with.
struct ControlRoutes: Sendable {
    let pipeline: Pipeline
    let watching: WatchingService
    let reloader: Reloader
    let identity: DaemonIdentity
    private let queues = ReportQueues()

    init(pipeline: Pipeline, watching: WatchingService, reloader: Reloader, identity: DaemonIdentity) {
        self.pipeline = pipeline
        self.watching = watching
        self.reloader = reloader
        self.identity = identity
    }

    /// A router with all routes.
    func router() -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: ErrorReporting())
        router.get("\(ControlRoute.status.rawValue)") { _, _ in
            try await queues.short { try ControlAnswer.json(reports.status()) }
        }
        router.get("\(ControlRoute.checkpoints.rawValue)") { request, _ in
            let page = try ReportPage(request)
            return try await list("checkpoints", page) { try ControlAnswer.json(reports.checkpoints(page)) }
        }
        router.get("\(ControlRoute.averages.rawValue)") { request, _ in
            let page = try ReportPage(request)
            return try await list("averages", page) { try ControlAnswer.json(reports.averages(page)) }
        }
        router.get("\(ControlRoute.metrics.rawValue)") { _, _ in
            try await queues.long {
                ControlAnswer.text(Metrics(reports: reports).text, type: "text/plain; version=0.0.4; charset=utf-8")
            }
        }
        router.get("\(ControlRoute.health.rawValue)") { _, _ in try health() }
        router.post("\(ControlRoute.rescan.rawValue)") { _, context in
            try await requireOperator(context)
            watching.rescan(reason: "a client asked for it")
            return try ControlAnswer.json(AcceptedReport(accepted: "rescan"), status: .accepted)
        }
        router.post("\(ControlRoute.reload.rawValue)") { _, context in
            try await requireOperator(context)
            return try await reload()
        }
        return router
    }

    private func list(
        _ name: String,
        _ page: ReportPage,
        _ body: @escaping @Sendable () throws -> Response
    ) async throws -> Response {
        let board = pipeline.board
        return try await queues.list("\(name) \(page.limit) \(page.offset)", revision: { board.revision }, body)
    }

    private var reports: StatusReports {
        StatusReports(pipeline: pipeline, state: pipeline.board.snapshot, identity: identity)
    }

    private func health() throws -> Response {
        guard pipeline.board.snapshot.looks > 0 else {
            throw ControlRefusal(
                status: .serviceUnavailable,
                report: ErrorReport(
                    code: "starting",
                    message: "the first look at the directory is not done",
                    hint: "ask again"
                )
            )
        }
        return ControlAnswer.text("ok\n")
    }

    private func reload() async throws -> Response {
        do {
            if let path = try await reloader.reload() {
                return try ControlAnswer.json(ReloadReport(reloaded: path.string))
            }
        } catch let error as ConfigurationError {
            let report = ErrorReport(
                code: "configuration",
                message: error.heading,
                hint: "the old configuration keeps working; mend the file and reload again",
                problems: error.problems.map { "\($0)" }
            )
            throw ControlRefusal(status: .unprocessableContent, report: report)
        }
        throw ControlRefusal(
            status: .conflict,
            report: ErrorReport(
                code: "no_configuration_file",
                message: "the daemon was started without a configuration file, so there is nothing to reload",
                hint: "start it with --config FILE"
            )
        )
    }

    /// Reading is for whoever may open the socket; changing is for root and the daemon's own user.
    private func requireOperator(_ context: ControlContext) async throws {
        let peer = try await context.peer()
        guard let peer, [0, HostProcess.effectiveUser].contains(peer.uid) else {
            throw ControlRefusal(
                status: .forbidden,
                report: ErrorReport(
                    code: "forbidden",
                    message: "user \(peer.map { "\($0.uid)" } ?? "unknown") may read but not change",
                    hint: "ask as root or as user \(HostProcess.effectiveUser)"
                )
            )
        }
    }
}

/// Turns everything that is thrown, by routes and by the library, into an answer with an error report.
private struct ErrorReporting: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ControlContext,
        next: (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        try await ControlAnswer.answer(request) { try await next(request, context) }
    }
}
