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
    /// Somebody else than the daemon may be there.
    case distrusted(SocketDistrust)
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
        case .distrusted(let distrust): "\(distrust)"
        case .refused(let status, let report):
            "the daemon refused (\(status) \(report.error.code)): \(report.error.message); \(report.error.hint)"
        case .malformed(let path, let problem):
            "the answer at \"\(path)\" is not lawad's: \(problem)"
        }
    }
}

/// Asks one daemon over its Unix socket, one request a connection.
package struct ControlClient: Sendable {
    /// The most of an answer by a daemon of another user, who must not fill the memory of root's tools.
    private static let othersLimit = 256 << 10

    /// The socket.
    package let path: FilePath
    private let owners: Set<UInt32>?
    private let isTrusted: Bool
    private let timeout: TimeAmount

    /// Talks to the daemon behind a socket.
    ///
    /// - Parameters:
    ///   - owners: the users who may listen there; nil for root, the one who asks, and the file's owner.
    ///   - isTrusted: whether answers of the usual size are taken.
    ///   - timeoutSeconds: bounds a whole request.
    package init(
        socket path: FilePath,
        owners: Set<UInt32>? = nil,
        isTrusted: Bool = true,
        timeoutSeconds: Int = 10
    ) {
        self.path = path
        self.owners = owners
        self.isTrusted = isTrusted
        timeout = .seconds(Int64(timeoutSeconds))
    }

    /// The decoded answer of a route.
    package func ask<Answer: Decodable>(
        _ route: ControlRoute,
        query: String = "",
        as type: Answer.Type
    ) async throws -> Answer {
        let body = try await askBytes(route, query: query)
        do {
            return try ControlCoding.decode(type, from: body)
        } catch {
            throw ControlClientError.malformed(path: path, problem: "\(error)")
        }
    }

    /// The body of a route's answer; throws `ControlClientError`.
    package func askBytes(_ route: ControlRoute, query: String = "") async throws -> [UInt8] {
        let descriptor = try connect()
        do {
            let exchange = try await ControlExchange.run(
                on: descriptor,
                method: route.method,
                uri: route.rawValue + (query.isEmpty ? "" : "?\(query)"),
                limit: isTrusted ? route.answerLimit : min(route.answerLimit, Self.othersLimit),
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

    private func connect() throws -> Int32 {
        do {
            return try UnixSocket.connect(path) { [self] user throws(SocketDistrust) in
                let owner = try? FileStatus.of(path).owner
                let trust = SocketTrust(users: owners ?? [0, HostProcess.effectiveUser, owner ?? 0])
                try trust.requirePeer(user, at: path)
            }
        } catch let error as SocketDistrust {
            throw ControlClientError.distrusted(error)
        } catch let error as SystemCallError {
            if error.isPermissionDenied { throw ControlClientError.denied(path: path, group: Self.group(of: path)) }
            throw ControlClientError.unreachable(path: path, cause: SystemCallError.text(of: error.errorNumber))
        }
    }

    private static func group(of path: FilePath) -> String? {
        guard let group = try? FileStatus.of(path).group else { return nil }
        return HostProcess.groupName(of: group) ?? "\(group)"
    }
}
