import ControlProtocol
import LinuxSystem
import NIOHTTP1
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

    /// The answer to a request; every refusal is one too, and none is without a word.
    func answer(_ request: ControlRequest) async -> ControlAnswer {
        do {
            return try await carryOut(request)
        } catch let refusal as ControlRefusal {
            return ControlAnswer(refusal)
        } catch {
            let report = ErrorReport(code: "internal", message: "\(error)", hint: "see the daemon's log")
            return ControlAnswer(ControlRefusal(status: .internalServerError, report: report))
        }
    }

    private func carryOut(_ request: ControlRequest) async throws -> ControlAnswer {
        let route = try route(of: request)
        if route.changes { try requireOperator(request.peer) }
        switch route {
        case .status:
            return try await queues.short { try ControlAnswer.json(reports.status()) }
        case .checkpoints:
            let page = try ReportPage(request)
            return try await list("checkpoints", page, for: request.peer) {
                try ControlAnswer.json(reports.checkpoints(page))
            }
        case .averages:
            let page = try ReportPage(request)
            return try await list("averages", page, for: request.peer) {
                try ControlAnswer.json(reports.averages(page))
            }
        case .metrics:
            return try await queues.long(isPaced: !isOperator(request.peer)) {
                ControlAnswer.text(Metrics(reports: reports).text, type: "text/plain; version=0.0.4; charset=utf-8")
            }
        case .health: return try health()
        case .rescan:
            watching.rescan(reason: "a client asked for it")
            return try ControlAnswer.json(AcceptedReport(accepted: "rescan"), status: .accepted)
        case .reload: return try await reload()
        }
    }

    /// The route that a request means, by a method that it takes.
    private func route(of request: ControlRequest) throws(ControlRefusal) -> ControlRoute {
        guard let route = ControlRoute(rawValue: request.path) else {
            let known = ControlRoute.allCases.map { "\($0.method) \($0.rawValue)" }.joined(separator: ", ")
            let report = ErrorReport(
                code: "not_found",
                message: "there is nothing at this path",
                hint: "known requests are \(known)"
            )
            throw ControlRefusal(status: .notFound, report: report)
        }
        if route.methods.contains(request.method.rawValue) { return route }
        let report = ErrorReport(
            code: "method_not_allowed",
            message: "\(route.rawValue) does not take \(request.method.rawValue)",
            hint: "use \(route.method)"
        )
        let allowed = route.methods.joined(separator: ", ")
        throw ControlRefusal(status: .methodNotAllowed, report: report, allowed: allowed)
    }

    private func list(
        _ name: String,
        _ page: ReportPage,
        for peer: PeerCredentials,
        _ body: @escaping @Sendable () throws -> ControlAnswer
    ) async throws -> ControlAnswer {
        let board = pipeline.board
        return try await queues.list(
            "\(name) \(page.limit) \(page.after?.text ?? "") \(page.offset)",
            isPaced: !isOperator(peer),
            revision: { board.revision },
            body
        )
    }

    private var reports: StatusReports {
        StatusReports(pipeline: pipeline, state: pipeline.board.snapshot, identity: identity)
    }

    private func health() throws -> ControlAnswer {
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

    private func reload() async throws -> ControlAnswer {
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
            throw ControlRefusal(status: .unprocessableEntity, report: report)
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

    private func isOperator(_ peer: PeerCredentials) -> Bool {
        [0, HostProcess.effectiveUser].contains(peer.uid)
    }

    /// Reading is for whoever may open the socket; changing is for root and the daemon's own user.
    private func requireOperator(_ peer: PeerCredentials) throws(ControlRefusal) {
        guard isOperator(peer) else {
            throw ControlRefusal(
                status: .forbidden,
                report: ErrorReport(
                    code: "forbidden",
                    message: "user \(peer.uid) may read but not change",
                    hint: "ask as root or as user \(HostProcess.effectiveUser)"
                )
            )
        }
    }
}
