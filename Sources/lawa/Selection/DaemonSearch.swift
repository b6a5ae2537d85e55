import ControlProtocol
import LinuxSystem
import SystemPackage

/// Where daemons may be: sockets that exist, and instances that are configured.
struct DaemonSearch: Sendable {
    /// Sockets to ask, each once.
    let sockets: [InstanceSocket]
    /// Instances that are configured.
    let configured: [ConfiguredInstance]
    /// What is not trusted in the places where sockets are.
    private let passedOver: [SocketDistrust]

    /// How many are asked at a time.
    private static let width = 8

    /// What is found on this machine by this user.
    static func here() -> DaemonSearch {
        let found = FoundSockets()
        return DaemonSearch(
            existing: found.sockets,
            configured: ConfiguredInstance.all(),
            passedOver: found.passedOver
        )
    }

    /// Puts together sockets in their usual places and those that configurations name.
    init(existing: [InstanceSocket], configured: [ConfiguredInstance], passedOver: [SocketDistrust] = []) {
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
        self.passedOver = passedOver
    }

    /// What concerns one instance.
    func only(_ instance: String) -> DaemonSearch {
        DaemonSearch(
            existing: sockets.filter { $0.instance == instance },
            configured: configured.filter { $0.name == instance },
            passedOver: passedOver
        )
    }

    /// The names of all instances, each once, for completion.
    var instances: [String] {
        Set(sockets.map(\.instance) + configured.map(\.name)).sorted()
    }

    /// Asks every socket.
    func census() async -> DaemonCensus {
        let answers = await withTaskGroup(of: (Int, DaemonCensus.Answer).self) { group in
            var answers: [(Int, DaemonCensus.Answer)] = []
            for (index, socket) in sockets.enumerated() {
                if index >= Self.width, let answer = await group.next() { answers.append(answer) }
                group.addTask { (index, await Self.answer(of: socket)) }
            }
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return DaemonCensus(answers: Array(zip(sockets, answers)), configured: configured, passedOver: passedOver)
    }

    private static func answer(of socket: InstanceSocket) async -> DaemonCensus.Answer {
        do {
            return .running(try await .asking(socket.client, manager: socket.manager))
        } catch ControlClientError.unreachable(let path, let cause) {
            return .dead(.unreachable(path: path, cause: cause))
        } catch ControlClientError.distrusted(let distrust) {
            return .distrusted(distrust)
        } catch let error as ControlClientError {
            return .silent(error)
        } catch {
            return .silent(.malformed(path: socket.path, problem: "\(error)"))
        }
    }
}
