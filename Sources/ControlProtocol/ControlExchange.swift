import NIOCore
import NIOHTTP1
import NIOPosix

/// One HTTP/1.1 request and its answer on a connected socket.
struct ControlExchange {
    let status: HTTPResponseStatus
    let body: [UInt8]

    private struct ConnectionClosed: Error, CustomStringConvertible {
        let description = "the connection was closed before the answer was complete"
    }

    private struct AnswerTooLarge: Error, CustomStringConvertible {
        let limit: Int
        var description: String { "it has more than \(limit) bytes" }
    }

    private struct TimedOut: Error, CustomStringConvertible {
        let description = "no answer came in time; the daemon may be stopped or stuck, see its log"
    }

    /// Sends a request without a body and collects the answer, whose body has at most `limit` bytes; the descriptor is
    /// closed in any case.
    static func run(
        on descriptor: Int32,
        method: String,
        uri: String,
        limit: Int,
        timeout: TimeAmount
    ) async throws -> ControlExchange {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ClientBootstrap(group: group)
            .withConnectedSocket(descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        let deadline = channel.channel.eventLoop.scheduleTask(in: timeout) {
            channel.channel.pipeline.fireErrorCaught(TimedOut())
            channel.channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            let headers: HTTPHeaders = ["host": "lawad", "connection": "close", "content-length": "0"]
            let head = HTTPRequestHead(
                version: .http1_1,
                method: HTTPMethod(rawValue: method),
                uri: uri,
                headers: headers
            )
            // In one write: the daemon answers to the head, and a second write may find the connection closed.
            try await outbound.write(contentsOf: [.head(head), .end(nil)])
            return try await collect(inbound, limit: limit)
        }
    }

    private static func collect(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        limit: Int
    ) async throws -> ControlExchange {
        var status = HTTPResponseStatus.ok
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let head): status = head.status
            case .body(let buffer):
                guard body.count + buffer.readableBytes <= limit else { throw AnswerTooLarge(limit: limit) }
                body.append(contentsOf: buffer.readableBytesView)
            case .end: return ControlExchange(status: status, body: body)
            }
        }
        throw ConnectionClosed()
    }
}
