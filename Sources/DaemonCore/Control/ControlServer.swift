import ControlProtocol
import LinuxSystem
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Answers HTTP/1.1 requests on the control socket.
///
/// The socket is bound by us, so that it appears with its final permissions and a living one is never replaced; the
/// library gets the listening descriptor.
struct ControlServer: Service {
    /// Waited before connections are accepted again where that failed: out of descriptors or memory.
    private static let acceptPause = TimeAmount.milliseconds(100)

    let listener: UnixSocketListener
    var bounds = ControlBounds()
    let answer: @Sendable (ControlRequest) async -> ControlAnswer

    func run() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Else a client that waits would be tried for without a pause.
                    let backoff = AcceptBackoffHandler(shouldForwardIOErrorCaught: false) { _ in Self.acceptPause }
                    try channel.pipeline.syncOperations.addHandler(backoff)
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: ControlBounds.pieceByteCount)
            )
            .bind(listener.takeDescriptor()) { channel in
                channel.eventLoop.makeCompletedFuture { try ControlConnection.setUp(channel) }
            }
        try await withGracefulShutdownHandler {
            try await serve(server)
        } onGracefulShutdown: {
            server.channel.close(promise: nil)
        }
        listener.unlink()
    }

    private func serve(_ server: NIOAsyncChannel<ControlConnection.Channel, Never>) async throws {
        let limit = ConnectionLimit(operators: [0, HostProcess.effectiveUser])
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { inbound in
                for try await channel in inbound {
                    let peer = await Self.peer(of: channel.channel)
                    guard let place = limit.enter(peer?.uid) else {
                        // Only a finished channel may be let go of; closing alone traps.
                        group.addTask { try? await channel.executeThenClose { _, _ in } }
                        continue
                    }
                    let connection = connection(channel, peer, place)
                    group.addTask {
                        await cancelWhenGracefulShutdown { await connection.run() }
                        limit.leave(place)
                    }
                }
            }
        }
    }

    private func connection(
        _ channel: ControlConnection.Channel,
        _ peer: PeerCredentials?,
        _ place: ConnectionPlaces.Place
    ) -> ControlConnection {
        guard place == .refused else {
            return ControlConnection(channel: channel, peer: peer, bounds: bounds, answer: answer)
        }
        let busy = ControlAnswer(.busy)
        return ControlConnection(channel: channel, peer: peer, bounds: .refused, isShort: true) { _ in busy }
    }

    /// SO_PEERCRED of the Linux socket interface (unix(7)).
    private static let peerCredentialsOption = NIOBSDSocket.Option(rawValue: UnixSocket.peerCredentialsOption)

    private static func peer(of channel: any Channel) async -> PeerCredentials? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        return try? await provider.unsafeGetSocketOption(level: .socket, name: peerCredentialsOption).get()
    }
}

extension ControlRefusal {
    fileprivate static var busy: ControlRefusal {
        ControlRefusal(
            status: .serviceUnavailable,
            report: ErrorReport(
                code: "busy",
                message: "too many connections are open: \(ConnectionPlaces.one) of one user and "
                    + "\(ConnectionPlaces.others) of all users are the most, and \(ConnectionPlaces.all) with those of "
                    + "root and the daemon's user",
                hint: "close some, or ask again later"
            )
        )
    }
}
