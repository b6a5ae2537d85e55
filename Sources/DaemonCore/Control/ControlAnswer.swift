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

    /// Every refusal becomes an error report; none is without a word.
    static func answer(_ request: Request, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let refusal as ControlRefusal {
            return try json(refusal.report, status: refusal.status)
        } catch let error as HTTPError {
            return try refusal(of: request, error.status)
        } catch {
            let report = ErrorReport(code: "internal", message: "\(error)", hint: "see the daemon's log")
            return try json(report, status: .internalServerError)
        }
    }

    /// What the router answers by a bare status, in words; a known path with another method is no unknown path.
    private static func refusal(of request: Request, _ status: HTTPResponse.Status) throws -> Response {
        if status == .notFound, let route = ControlRoute(rawValue: request.uri.path) {
            let report = ErrorReport(
                code: "method_not_allowed",
                message: "\(route.rawValue) does not take \(request.method.rawValue)",
                hint: "use \(route.method)"
            )
            return try json(report, status: .methodNotAllowed)
        }
        let known = ControlRoute.allCases.map { "\($0.method) \($0.rawValue)" }.joined(separator: ", ")
        let report = ErrorReport(
            code: status == .notFound ? "not_found" : "bad_request",
            message: status.reasonPhrase,
            hint: "known requests are \(known)"
        )
        return try json(report, status: status)
    }

    private static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
