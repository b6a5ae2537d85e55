import ControlProtocol
import SystemPackage

/// Which daemons answer, which do not, and which should run and do not; pure.
struct DaemonCensus: Sendable {
    /// What came of asking a socket.
    enum Answer: Sendable {
        case running(RunningDaemon)
        /// Nobody listens there any more.
        case dead(ControlClientError)
        /// Somebody may be there, but there was no answer.
        case silent(ControlClientError)
        /// Somebody else than the daemon may be there.
        case distrusted(SocketDistrust)
    }

    /// A daemon that may run and cannot be asked.
    struct Unreachable: Sendable {
        let socket: InstanceSocket
        let problem: ControlClientError
    }

    /// Daemons that answered, by instance.
    let running: [RunningDaemon]
    /// See `Unreachable`.
    let unreachable: [Unreachable]
    /// Instances that are configured and for which nobody listens.
    let notRunning: [ConfiguredInstance]
    /// Why the first dead socket did not answer, to be told where nothing else is there.
    let deadSocket: ControlClientError?
    /// What is not trusted, and therefore counts for nothing.
    let passedOver: [SocketDistrust]

    /// Sorts answers; `passedOver` was not even asked.
    init(
        answers: [(socket: InstanceSocket, answer: Answer)],
        configured: [ConfiguredInstance],
        passedOver: [SocketDistrust] = []
    ) {
        var passedOver = passedOver
        var running: [RunningDaemon] = []
        var unreachable: [Unreachable] = []
        var alive: Set<Identity> = []
        var deadSocket: ControlClientError?
        for (socket, answer) in answers {
            switch answer {
            case .running(let daemon):
                running.append(daemon)
                alive.formUnion([Identity(socket), Identity(name: daemon.instance, manager: socket.manager)])
            case .silent(let problem):
                unreachable.append(Unreachable(socket: socket, problem: problem))
                alive.insert(Identity(socket))
            case .distrusted(let distrust): passedOver.append(distrust)
            case .dead(let problem): deadSocket = deadSocket ?? problem
            }
        }
        self.running = running.sorted { ($0.instance, $0.socket.string) < ($1.instance, $1.socket.string) }
        self.unreachable = unreachable
        notRunning = configured.filter { !alive.contains(Identity(name: $0.name, manager: $0.manager)) }
        self.deadSocket = deadSocket
        self.passedOver = passedOver
    }

    /// How many daemons there are, whether they run or not.
    var count: Int { running.count + unreachable.count + notRunning.count }

    /// The same name in two managers is two instances.
    private struct Identity: Hashable {
        let name: String
        let manager: InstanceManager

        init(name: String, manager: InstanceManager) {
            self.name = name
            self.manager = manager
        }

        init(_ socket: InstanceSocket) {
            self.init(name: socket.instance, manager: socket.manager)
        }
    }
}

extension ConfiguredInstance {
    /// The command that tells why it does not run.
    var question: String {
        manager == .system ? "systemctl status lawad@\(name)" : "systemctl --user status lawad@\(name)"
    }
}
