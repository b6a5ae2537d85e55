import ControlProtocol
import NIOHTTP1

extension ReportPage {
    /// The page that a request asks for by `limit`, `after` and `offset`.
    ///
    /// - Throws: `ControlRefusal` where one of them is not a number in range, or no `next` of an answer.
    init(_ request: ControlRequest) throws {
        self.init()
        limit = try Self.number("limit", of: request, in: 1...Self.largestLimit) ?? limit
        offset = try Self.number("offset", of: request, in: 0...Int.max) ?? offset
        if let text = request.query["after"] {
            guard let key = PageKey(text: text) else { throw Self.refusal("after is no \"next\" of an answer") }
            after = key
        }
    }

    private static func number(_ key: String, of request: ControlRequest, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = request.query[key] else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        throw refusal("\(key) is not a number from \(range.lowerBound) to \(range.upperBound)")
    }

    private static func refusal(_ problem: String) -> ControlRefusal {
        ControlRefusal(
            status: .badRequest,
            report: ErrorReport(
                code: "bad_request",
                message: "the query's \(problem)",
                hint: "leave it out, or give the value of \"next\" in the answer before as after"
            )
        )
    }
}
