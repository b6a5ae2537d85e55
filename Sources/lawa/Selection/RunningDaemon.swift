import ControlProtocol
import SystemPackage

/// A daemon that has answered.
struct RunningDaemon: Sendable {
    let instance: String
    let socket: FilePath
    let client: ControlClient
    let status: StatusReport
    /// The status as it came, with what a newer daemon may have added to it.
    let statusBody: [UInt8]

    /// Asks a daemon for its status; throws `ControlClientError`.
    static func asking(_ socket: FilePath) async throws -> RunningDaemon {
        let client = ControlClient(socket: socket)
        let body = try await client.askBytes(.status)
        do {
            let status = try ControlCoding.decode(StatusReport.self, from: body)
            return RunningDaemon(
                instance: status.instance,
                socket: socket,
                client: client,
                status: status,
                statusBody: body
            )
        } catch {
            throw ControlClientError.malformed(path: socket, problem: "\(error)")
        }
    }
}

extension DaemonOptions {
    /// The daemons that the options mean and that answer, by instance; never empty.
    func daemons() async throws -> [RunningDaemon] {
        if let socket { return [try await RunningDaemon.asking(socket)] }
        let existing = SocketLocation.existing()
        var sockets = existing.filter { instance == nil || $0.instance == instance }.map(\.path)
        if let instance, sockets.isEmpty { sockets = [SocketLocation.path(instance: instance)] }
        guard !sockets.isEmpty else {
            throw Failure(
                .unreachable,
                "no daemon is running here: there is no control socket below "
                    + "\"\(SocketLocation.path(instance: "*"))\"; start one with `lawad --watch DIR`, "
                    + "or name its socket with --socket"
            )
        }
        let answers = await Self.answers(of: sockets)
        let daemons = answers.compactMap { try? $0.get() }
        if daemons.isEmpty, case .failure(let error)? = answers.first { throw error }
        return daemons.sorted { $0.instance < $1.instance }
    }

    /// The one daemon that the options mean.
    func daemon() async throws -> RunningDaemon {
        let daemons = try await daemons()
        guard daemons.count == 1 else {
            let names = daemons.map(\.instance).joined(separator: ", ")
            throw Failure(.usage, "\(daemons.count) daemons are running: \(names); choose one with --instance NAME")
        }
        return daemons[0]
    }

    private static func answers(of sockets: [FilePath]) async -> [Result<RunningDaemon, any Error>] {
        await withTaskGroup { group in
            for (index, socket) in sockets.enumerated() {
                group.addTask {
                    do {
                        return (index, Result<RunningDaemon, any Error>.success(try await .asking(socket)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var answers: [(Int, Result<RunningDaemon, any Error>)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
