import ControlProtocol
import Hummingbird
import HummingbirdCore
import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Answers HTTP/1.1 requests on the control socket.
///
/// The socket is bound by us, so that it appears with its final permissions and a living one is never replaced; the
/// library gets the listening descriptor.
struct ControlServer: Service {
    /// Far more than a few tools need, and a bound on what they can take.
    private static let maximumConnections = 64
    private static let idleTimeout = TimeAmount.seconds(30)
    private static let maximumHeaderByteCount = 16 << 10

    let listener: UnixSocketListener
    let routes: ControlRoutes

    func run() async throws {
        // The library's own log is about requests, which are not this daemon's news.
        let logger = Logger(label: "lawad.control") { _ in SwiftLogNoOpLogHandler() }
        let responder = routes.router().buildResponder()
        var configuration = HTTP1Channel.Configuration(idleTimeout: Self.idleTimeout)
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: Self.maximumHeaderByteCount,
            maxHeaderListSize: Self.maximumHeaderByteCount
        )
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                let context = ControlContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
                let response = try await responder.respond(to: request, context: context)
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: configuration
        )
        try await serve(http, logger: logger)
        listener.unlink()
    }

    private func serve(_ http: HTTP1Channel, logger: Logger) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .bind(listener.takeDescriptor()) { channel in http.setup(channel: channel, logger: logger) }
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                let connections = ConnectionLimit(Self.maximumConnections)
                try await server.executeThenClose { inbound in
                    for try await connection in inbound {
                        guard connections.enter() else {
                            // Only a finished channel may be let go of; closing alone traps.
                            group.addTask { try? await connection.executeThenClose { _, _ in } }
                            continue
                        }
                        group.addTask {
                            await cancelWhenGracefulShutdown {
                                await http.handle(value: connection, logger: logger)
                            }
                            connections.leave()
                        }
                    }
                }
            }
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
    }
}
