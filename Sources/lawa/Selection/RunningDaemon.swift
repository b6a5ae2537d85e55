import ControlProtocol
import SystemPackage

/// A daemon that has answered.
struct RunningDaemon: Sendable {
    let instance: String
    let socket: FilePath
    /// Whose service manager runs it; nil where the socket was named by hand.
    let manager: InstanceManager?
    let client: ControlClient
    let status: StatusReport
    /// The status as it came, with what a newer daemon may have added to it.
    let statusBody: [UInt8]

    /// Asks a daemon for its status; throws `ControlClientError`.
    static func asking(_ client: ControlClient, manager: InstanceManager? = nil) async throws -> RunningDaemon {
        let body = try await client.askBytes(.status)
        do {
            let status = try ControlCoding.decode(StatusReport.self, from: body)
            return RunningDaemon(
                instance: status.instance,
                socket: client.path,
                manager: manager,
                client: client,
                status: status,
                statusBody: body
            )
        } catch {
            throw ControlClientError.malformed(path: client.path, problem: "\(error)")
        }
    }
}
