import ControlProtocol
import NIOCore
import NIOHTTP1

/// A refusal that is answered with its status and an error report.
struct ControlRefusal: Error {
    let status: HTTPResponseStatus
    let report: ErrorReport
    /// The methods that the path takes, where the request's is none of them.
    var allowed: String?
}

/// An answer as it goes over the socket.
struct ControlAnswer: Sendable {
    let status: HTTPResponseStatus
    let body: ByteBuffer
    private let type: String
    private var allowed: String?

    /// A report as JSON.
    static func json(_ value: some Encodable, status: HTTPResponseStatus = .ok) throws -> ControlAnswer {
        let body = ByteBuffer(bytes: try ControlCoding.encode(value))
        return ControlAnswer(status: status, body: body, type: "application/json")
    }

    /// Text of a given type.
    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> ControlAnswer {
        ControlAnswer(status: .ok, body: ByteBuffer(string: text), type: type)
    }

    /// The error report of a refusal.
    init(_ refusal: ControlRefusal) {
        // A report is texts, which can always be written.
        let body = (try? ControlCoding.encode(refusal.report)) ?? []
        self.init(status: refusal.status, body: ByteBuffer(bytes: body), type: "application/json")
        allowed = refusal.allowed
    }

    private init(status: HTTPResponseStatus, body: ByteBuffer, type: String) {
        self.status = status
        self.body = body
        self.type = type
    }

    /// The head, with the length of the body whether that follows or not.
    ///
    /// - Parameter isLast: whether the connection is closed behind it.
    func head(isLast: Bool) -> HTTPResponseHead {
        var headers: HTTPHeaders = [
            "content-type": type, "content-length": "\(body.readableBytes)", "cache-control": "no-store",
        ]
        if let allowed { headers.add(name: "allow", value: allowed) }
        if isLast { headers.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
