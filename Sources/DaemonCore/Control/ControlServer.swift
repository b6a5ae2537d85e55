import ControlProtocol
import LinuxSystem
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Answers HTTP/1.1 requests on the control socket.
///
/// Connections are accepted by a thread of our own, which knows who connects before anything is made for him, and which
/// can wait where none can be accepted; the library gets their descriptors.
struct ControlServer: Service {
    private struct Accepted: Sendable {
        let connection: UnixConnection
        let place: ConnectionPlaces.Place
    }

    let listener: UnixSocketListener
    var bounds = ControlBounds()
    let answer: @Sendable (ControlRequest) async -> ControlAnswer

    func run() async throws {
        // Made now, so that the first client does not find the descriptors for it missing.
        let loops = MultiThreadedEventLoopGroup.singleton
        let limit = ConnectionLimit(operators: [0, HostProcess.effectiveUser])
        let (connections, accepting) = AsyncStream.makeStream(of: Accepted.self)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    defer { accepting.finish() }
                    try await BlockingWork.run(label: "lawad-accept") { [listener] in
                        try listener.accept { connection in
                            guard let place = limit.enter(connection.peer.uid) else { return }
                            accepting.yield(Accepted(connection: connection, place: place))
                        }
                    }
                }
                for await accepted in connections {
                    group.addTask {
                        await cancelWhenGracefulShutdown { await serve(accepted, on: loops) }
                        limit.leave(accepted.place)
                    }
                }
            }
        } onCancelOrGracefulShutdown: { [listener] in
            listener.stop()
        }
        listener.unlink()
    }

    private func serve(_ accepted: Accepted, on loops: MultiThreadedEventLoopGroup) async {
        let channel = try? await ClientBootstrap(group: loops)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: ControlBounds.pieceByteCount)
            )
            .withConnectedSocket(accepted.connection.takeDescriptor()) { channel in
                channel.eventLoop.makeCompletedFuture { try ControlConnection.setUp(channel) }
            }
        // A client that has gone by now needs no answer.
        guard let channel else { return }
        await connection(channel, accepted).run()
    }

    private func connection(_ channel: ControlConnection.Channel, _ accepted: Accepted) -> ControlConnection {
        let peer = accepted.connection.peer
        guard accepted.place == .refused else {
            return ControlConnection(channel: channel, peer: peer, bounds: bounds, answer: answer)
        }
        let busy = ControlAnswer(.busy)
        return ControlConnection(channel: channel, peer: peer, bounds: .refused, isShort: true) { _ in busy }
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
