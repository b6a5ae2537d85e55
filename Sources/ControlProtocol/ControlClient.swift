import LinuxSystem
import NIOCore
import NIOHTTP1
import NIOPosix
package import SystemPackage

/// Why a question to a daemon had no answer.
package enum ControlClientError: Error, Sendable, CustomStringConvertible {
    /// Nobody listens at the socket.
    case unreachable(path: FilePath, cause: String)
    /// This user may not open the socket, which belongs to a group if that may be seen.
    case denied(path: FilePath, group: String?)
    /// The daemon refused.
    case refused(status: Int, report: ErrorReport)
    /// What came back is not an answer of this protocol.
    case malformed(path: FilePath, problem: String)

    /// The cause as a sentence, with what to do.
    package var description: String {
        switch self {
        case .unreachable(let path, let cause):
            "no daemon answers at \"\(path)\": \(cause); check `systemctl status 'lawad@*'` or start one with "
                + "`lawad --watch DIR`"
        case .denied(let path, let group):
            "the daemon at \"\(path)\" may not be asked: permission denied"
                + (group.map { "; the socket belongs to group \"\($0)\": become a member of it, or ask as root" }
                    ?? "; ask as root, or as the user that it runs as")
        case .refused(let status, let report):
            "the daemon refused (\(status) \(report.error.code)): \(report.error.message); \(report.error.hint)"
        case .malformed(let path, let problem):
            "the answer at \"\(path)\" is not lawad's: \(problem)"
        }
    }
}

/// Asks one daemon over its Unix socket, one request a connection.
package struct ControlClient: Sendable {
    private let path: FilePath
    private let timeout: TimeAmount

    /// Talks to the daemon behind a socket; `timeoutSeconds` bounds a whole request.
    package init(socket path: FilePath, timeoutSeconds: Int = 10) {
        self.path = path
        timeout = .seconds(Int64(timeoutSeconds))
    }

    /// The decoded answer of a route.
    package func ask<Answer: Decodable>(_ route: ControlRoute, as type: Answer.Type) async throws -> Answer {
        let body = try await askBytes(route)
        do {
            return try ControlCoding.decode(type, from: body)
        } catch {
            throw ControlClientError.malformed(path: path, problem: "\(error)")
        }
    }

    /// The body of a route's answer; throws `ControlClientError`.
    package func askBytes(_ route: ControlRoute) async throws -> [UInt8] {
        let descriptor: Int32
        do {
            descriptor = try UnixSocket.connect(path)
        } catch let error as SystemCallError {
            if error.isPermissionDenied { throw ControlClientError.denied(path: path, group: Self.group(of: path)) }
            throw ControlClientError.unreachable(path: path, cause: SystemCallError.text(of: error.errorNumber))
        }
        do {
            let exchange = try await ControlExchange.run(
                on: descriptor,
                method: route.method,
                uri: route.rawValue,
                timeout: timeout
            )
            if exchange.status == .ok || exchange.status == .accepted { return exchange.body }
            let report = try ControlCoding.decode(ErrorReport.self, from: exchange.body)
            throw ControlClientError.refused(status: Int(exchange.status.code), report: report)
        } catch let error as ControlClientError {
            throw error
        } catch {
            throw ControlClientError.malformed(path: path, problem: "\(error)")
        }
    }

    private static func group(of path: FilePath) -> String? {
        guard let group = try? FileStatus.of(path).group else { return nil }
        return HostProcess.groupName(of: group) ?? "\(group)"
    }
}
