import ControlProtocol
import SystemPackage

extension DaemonOptions {
    /// All daemons that the options mean, whether they answer or not; throws where there is none at all.
    func census() async throws -> DaemonCensus {
        if let socket {
            let daemon = try await RunningDaemon.asking(ControlClient(socket: socket))
            let place = InstanceSocket(instance: daemon.instance, manager: .system, path: socket)
            return DaemonCensus(answers: [(place, .running(daemon))], configured: [])
        }
        let search = instance.map { DaemonSearch.here().only($0) } ?? .here()
        let census = await search.census()
        for distrust in census.passedOver { Console.complain("\(distrust)") }
        guard census.count == 0 else { return census }
        if let error = census.deadSocket { throw error }
        // Says how asking fails where it would be.
        if let instance, census.passedOver.isEmpty {
            return try await Self.asking(at: SocketLocation.path(instance: instance))
        }
        throw Failure(
            .unreachable,
            "no daemon is running here: there is no control socket below "
                + "\"\(SocketLocation.path(instance: "*"))\"; start one with `lawad --watch DIR`, set up a service with "
                + "`lawa setup DIR`, or name its socket with --socket"
        )
    }

    /// The one daemon that the options mean.
    func daemon() async throws -> RunningDaemon {
        let census = try await census()
        // Among several of one name none is taken for the other, even if only one of them may be asked.
        let isUnique = instance == nil || census.unreachable.isEmpty
        if census.running.count == 1, isUnique { return census.running[0] }
        if census.running.isEmpty {
            if census.unreachable.count == 1 { throw census.unreachable[0].problem }
            if census.unreachable.isEmpty { throw Failure(.unreachable, census.nobodyRuns) }
        }
        throw Failure(.usage, census.choice(isNamed: instance != nil))
    }

    private static func asking(at path: FilePath) async throws -> DaemonCensus {
        let daemon = try await RunningDaemon.asking(ControlClient(socket: path))
        let place = InstanceSocket(instance: daemon.instance, manager: .system, path: path)
        return DaemonCensus(answers: [(place, .running(daemon))], configured: [])
    }
}

extension DaemonCensus {
    /// Why nothing can be asked although instances are configured.
    var nobodyRuns: String {
        let questions = notRunning.map { "`\($0.question)`" }.joined(separator: ", ")
        return notRunning.count == 1
            ? "the instance \"\(notRunning[0].name)\" is configured but does not run: see \(questions)"
            : "none of the \(notRunning.count) instances that are configured runs: see \(questions)"
    }

    /// How to say which of several is meant; by their sockets where the name was not enough.
    fileprivate func choice(isNamed: Bool) -> String {
        let sockets = running.map(\.socket) + unreachable.map(\.socket.path)
        let names = running.map(\.instance) + unreachable.map(\.socket.instance)
        if !isNamed, Set(names).count == names.count {
            return "\(names.count) daemons are running: \(names.sorted().joined(separator: ", ")); "
                + "choose one with --instance NAME"
        }
        let places = sockets.map { "\"\($0)\"" }.joined(separator: " and ")
        return "several daemons run under one name, at \(places); choose one with --socket PATH"
    }
}
