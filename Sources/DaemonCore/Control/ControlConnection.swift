import ControlProtocol
import LinuxSystem
import NIOCore
import NIOHTTP1

/// One client's connection: request after request, each read to its end and answered before the next is parsed.
struct ControlConnection: Sendable {
    /// The connection's parts of requests and answers.
    typealias Channel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let channel: Channel
    let peer: PeerCredentials
    let bounds: ControlBounds
    /// Whether the connection is closed behind the first answer.
    var isShort = false
    let answer: @Sendable (ControlRequest) async -> ControlAnswer

    /// Makes a channel that parses one request at a time.
    static func setUp(_ channel: any NIOCore.Channel) throws -> Channel {
        let gate = RequestGate()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = ControlBounds.headerByteCount
        limits.maxHeaderListSize = ControlBounds.headerByteCount
        let decoder = HTTPRequestDecoder(limitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandlers([
            gate,
            HTTPResponseEncoder(),
            ByteToMessageHandler(decoder, maximumBufferSize: ControlBounds.headerByteCount),
            RequestCounter(gate),
        ])
        return try Channel(wrappingChannelSynchronously: channel)
    }

    /// Answers until one side has had enough; what nobody waits for any more is not made.
    func run() async {
        await withTaskGroup { group in
            group.addTask { try? await converse() }
            group.addTask { try? await channel.channel.closeFuture.get() }
            await group.next()
            group.cancelAll()
        }
    }

    private func converse() async throws {
        try await channel.executeThenClose { inbound, _ in
            var parts = inbound.makeAsyncIterator()
            do {
                while let head = try await receive(&parts) {
                    let answer = await answer(ControlRequest(head, peer: peer))
                    let isLast = isShort || !head.isLasting || Task.isCancelled
                    try await send(answer, withBody: head.method != .HEAD, isLast: isLast)
                    if isLast { return }
                }
            } catch let refusal as ControlRefusal {
                try await send(ControlAnswer(refusal), withBody: true, isLast: true)
            }
        }
    }

    /// The next request's head, once its end is there; nil where the client has no more.
    ///
    /// - Throws: `ControlRefusal` where it cannot be read or is too large.
    private func receive(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    )
        async throws -> HTTPRequestHead?
    {
        let deadline = close(after: bounds.request)
        defer { deadline.cancel() }
        var head: HTTPRequestHead?
        var byteCount = 0
        do {
            while let part = try await parts.next() {
                switch part {
                case .head(let received): head = received
                case .body(let bytes):
                    byteCount += bytes.readableBytes
                    if byteCount > ControlBounds.bodyByteCount { throw ControlRefusal.bodyTooLarge }
                case .end: return head
                }
            }
            return nil
        } catch let error as HTTPParserError {
            throw error == .headerOverflow ? ControlRefusal.headTooLarge : ControlRefusal.unreadable(error)
        } catch is ByteToMessageDecoderError.PayloadTooLargeError {
            throw ControlRefusal.headTooLarge
        }
    }

    /// Writes an answer and waits until the client's side has all of it.
    private func send(_ answer: ControlAnswer, withBody: Bool, isLast: Bool) async throws {
        let client = channel.channel
        let deadline = close(after: bounds.answer)
        let watch = StallWatch.begin(client, interval: bounds.stall)
        defer {
            deadline.cancel()
            watch.cancel()
        }
        client.write(HTTPServerResponsePart.head(answer.head(isLast: isLast)), promise: nil)
        if withBody { client.write(HTTPServerResponsePart.body(.byteBuffer(answer.body)), promise: nil) }
        let written: EventLoopFuture<Void> = client.writeAndFlush(HTTPServerResponsePart.end(nil))
        try await withTaskCancellationHandler {
            try await written.get()
        } onCancel: {
            _ = close(after: bounds.farewell)
        }
    }

    private func close(after time: TimeAmount) -> Scheduled<Void> {
        channel.channel.eventLoop.scheduleTask(in: time) { channel.channel.close(promise: nil) }
    }
}

extension HTTPRequestHead {
    /// Whether another request may follow on the connection.
    fileprivate var isLasting: Bool {
        // Behind a request for another protocol nothing is parsed any more.
        isKeepAlive && version == .http1_1 && method != .CONNECT && !headers.contains(name: "upgrade")
    }
}

extension ControlRefusal {
    fileprivate static var bodyTooLarge: ControlRefusal {
        ControlRefusal(
            status: .payloadTooLarge,
            report: ErrorReport(
                code: "too_large",
                message: "the request's body has more than \(ControlBounds.bodyByteCount) bytes; nothing was done",
                hint: "send none: no request needs a body"
            )
        )
    }

    fileprivate static var headTooLarge: ControlRefusal {
        ControlRefusal(
            status: .requestHeaderFieldsTooLarge,
            report: ErrorReport(
                code: "too_large",
                message:
                    "the request's line and header have more than \(ControlBounds.headerByteCount) bytes or 256 fields",
                hint: "send fewer or shorter header fields"
            )
        )
    }

    fileprivate static func unreadable(_ error: HTTPParserError) -> ControlRefusal {
        ControlRefusal(
            status: .badRequest,
            report: ErrorReport(
                code: "bad_request",
                message: "the request is not HTTP/1.1 (\(error)); nothing was done",
                hint: "send requests as `curl --unix-socket` does"
            )
        )
    }
}
