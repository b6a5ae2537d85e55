import ControlProtocol
import HTTPTypes
import Hummingbird
import NIOCore

/// A refusal that is answered with its status and an error report.
struct ControlRefusal: Error {
    let status: HTTPResponse.Status
    let report: ErrorReport
}

/// Answers as they go over the socket.
enum ControlAnswer {
    /// A report as JSON.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        try bytes(ControlCoding.encode(value), type: "application/json", status: status)
    }

    /// Text of a given type.
    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        bytes(Array(text.utf8), type: type, status: .ok)
    }

    /// Every error becomes an error report; none closes the connection without a word.
    static func answer(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as ControlRefusal {
            return try json(refusal.report, status: refusal.status)
        } catch let error as HTTPError {
            let known = ControlRoute.allCases.map { "\($0.method) \($0.rawValue)" }.joined(separator: ", ")
            let report = ErrorReport(
                code: error.status == .notFound ? "not_found" : "bad_request",
                message: error.body ?? error.status.reasonPhrase, hint: "known requests are \(known)"
            )
            return try json(report, status: error.status)
        } catch {
            let report = ErrorReport(code: "internal", message: "\(error)", hint: "see the daemon's log")
            return try json(report, status: .internalServerError)
        }
    }

    private static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
