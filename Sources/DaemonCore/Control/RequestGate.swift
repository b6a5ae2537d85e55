import NIOCore
import NIOHTTP1

/// Keeps the bytes of the next request from being parsed, and then from being read, until the one before is answered.
///
/// Whoever sends requests by the thousand and reads no answer fills his own buffer and not the daemon's memory: what is
/// parsed is a request and what came in one piece with it.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    // A peer that has closed its half has everything read that it sent, whether that is wanted or not.
    private var held = CircularBuffer<ByteBuffer>()
    private var isEndHeld = false
    private var isReadHeld = false
    private var unansweredCount = 0
    // Nothing that follows what cannot be parsed means anything.
    private var isShut = false
    private var context: ChannelHandlerContext?

    private var isOpen: Bool { unansweredCount == 0 && !isShut }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isShut else { return }
        held.append(unwrapInboundIn(data))
        release(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        isEndHeld = true
        release(context)
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = true
        release(context)
    }

    /// A request is complete.
    fileprivate func received() {
        unansweredCount += 1
    }

    /// An answer has left.
    fileprivate func answered() {
        unansweredCount -= 1
        guard let context else { return }
        let isHolding = !held.isEmpty
        release(context)
        if isHolding { context.fireChannelReadComplete() }
    }

    /// Nothing more is to be parsed.
    fileprivate func shut() {
        isShut = true
        held.removeAll()
    }

    private func release(_ context: ChannelHandlerContext) {
        while isOpen, let bytes = held.popFirst() { context.fireChannelRead(wrapInboundOut(bytes)) }
        guard isOpen, held.isEmpty else { return }
        if isEndHeld {
            isEndHeld = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }
}

/// Tells the gate before the parser of what comes out of it, and of the answers.
final class RequestCounter: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let gate: RequestGate

    init(_ gate: RequestGate) {
        self.gate = gate
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { gate.received() }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        gate.shut()
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise()
        context.write(data, promise: written)
        written.futureResult.assumeIsolated().whenSuccess { [gate] in gate.answered() }
    }
}
