import ControlProtocol
import SystemPackage

/// Several daemons, a line each, with those that do not run or may not be asked.
struct DaemonOverview: Encodable {
    /// A daemon that cannot be asked.
    struct Unreachable: Encodable {
        let instance: String
        let socket: String
        let problem: String
    }

    let daemons: [StatusReport]
    /// Names of instances that are configured and do not run.
    let notRunning: [String]
    /// See `Unreachable`.
    let unreachable: [Unreachable]

    private let rows: [[String]]

    private enum CodingKeys: String, CodingKey {
        case daemons
        case notRunning
        case unreachable
    }

    /// Lists what was found; `userName` names users of service managers.
    init(_ census: DaemonCensus, userName: (UInt32) -> String?) {
        daemons = census.running.map(\.status)
        notRunning = census.notRunning.map(\.name)
        unreachable = census.unreachable.map {
            Unreachable(instance: $0.socket.instance, socket: $0.socket.path.string, problem: "\($0.problem)")
        }
        func manager(_ manager: InstanceManager?) -> String {
            guard case .user(let user)? = manager else { return "" }
            return "user \(userName(user) ?? "\(user)")"
        }
        rows =
            census.running.map { [$0.instance, manager($0.manager), $0.status.watch.path, $0.status.summary] }
            + census.unreachable.map {
                [$0.socket.instance, manager($0.socket.manager), "", $0.problem.reason]
            }
            + census.notRunning.map {
                [$0.name, manager($0.manager), $0.watch?.string ?? "", "not running (\($0.question))"]
            }
    }

    /// The overview for people.
    func lines(columns: Int?) -> [String] {
        var table = Table([.text("INSTANCE"), .text("MANAGER"), .text("WATCHING"), .text("STATE")])
        for row in rows.sorted(by: { $0[0] < $1[0] }) { table.add(row) }
        let hint = daemons.isEmpty ? [] : ["", "`lawa status --instance NAME` shows one in full"]
        return table.lines(width: columns) + hint
    }
}

extension ControlClientError {
    /// Why there was no answer, where the socket is told of beside it.
    fileprivate var reason: String {
        switch self {
        case .denied(_, let group):
            "may not be asked: permission denied" + (group.map { "; the socket belongs to group \($0)" } ?? "")
        case .unreachable(_, let cause): "no answer: \(cause)"
        case .refused, .malformed, .distrusted: "\(self)"
        }
    }
}
