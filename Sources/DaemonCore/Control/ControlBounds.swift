import NIOCore

/// What one connection may take, in time and in bytes.
struct ControlBounds: Sendable {
    /// How long a client may take to send a request, from the answer before; also how long a connection may be idle.
    var request = TimeAmount.seconds(30)
    /// A client that takes nothing of an answer between two looks of this distance is closed.
    var stall = TimeAmount.seconds(5)
    /// How long a client may take for a whole answer.
    var answer = TimeAmount.seconds(60)
    /// How long an answer under way may take once the daemon stops.
    var farewell = TimeAmount.seconds(1)

    /// All header fields, and the request line together with what was not parsed yet.
    static let headerByteCount = 16 << 10
    /// The body of a request; no route needs one.
    static let bodyByteCount = 64 << 10
    /// Read in one piece, and therefore parsed at a time: far more than a request.
    static let pieceByteCount = 2 << 10

    /// For a connection that gets no place.
    static let refused = ControlBounds(request: .seconds(1), stall: .seconds(1), answer: .seconds(1))
}
