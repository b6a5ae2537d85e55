import ControlProtocol
import LinuxSystem
import SystemPackage

/// Where daemons may be: sockets that exist, and instances that are configured.
struct DaemonSearch: Sendable {
    /// Sockets to ask, each once.
    let sockets: [InstanceSocket]
    /// Instances that are configured.
    let configured: [ConfiguredInstance]

    /// What is found on this machine by this user.
    static func here() -> DaemonSearch {
        DaemonSearch(existing: SocketLocation.existing(), configured: ConfiguredInstance.all())
    }

    /// Puts together sockets in their usual places and those that configurations name.
    init(existing: [InstanceSocket], configured: [ConfiguredInstance]) {
        var sockets = existing
        for instance in configured {
            guard let path = instance.socket else { continue }
            // In the unit's directory there is a link to a socket that was put elsewhere.
            let place = SymbolicLink.resolved(path)
            guard !sockets.contains(where: { SymbolicLink.resolved($0.path) == place }) else { continue }
            sockets.append(InstanceSocket(instance: instance.name, manager: instance.manager, path: path))
        }
        self.sockets = sockets
        self.configured = configured
    }

    /// What concerns one instance.
    func only(_ instance: String) -> DaemonSearch {
        DaemonSearch(
            existing: sockets.filter { $0.instance == instance },
            configured: configured.filter { $0.name == instance }
        )
    }

    /// The names of all instances, each once, for completion.
    var instances: [String] {
        Set(sockets.map(\.instance) + configured.map(\.name)).sorted()
    }

    /// Asks every socket.
    func census() async -> DaemonCensus {
        let answers = await withTaskGroup { group in
            for (index, socket) in sockets.enumerated() {
                group.addTask { (index, await Self.answer(of: socket)) }
            }
            var answers: [(Int, DaemonCensus.Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return DaemonCensus(answers: Array(zip(sockets, answers)), configured: configured)
    }

    private static func answer(of socket: InstanceSocket) async -> DaemonCensus.Answer {
        do {
            return .running(try await .asking(socket.path, manager: socket.manager))
        } catch ControlClientError.unreachable(let path, let cause) {
            return .dead(.unreachable(path: path, cause: cause))
        } catch let error as ControlClientError {
            return .silent(error)
        } catch {
            return .silent(.malformed(path: socket.path, problem: "\(error)"))
        }
    }
}
