import ControlProtocol

/// A list of a daemon's, page after page, up to a bound.
struct ListedPages<Entry: Sendable>: Sendable {
    /// The most pages that are asked for: 100,000 entries, which nobody reads.
    private static var limit: Int { 100 }

    /// The entries, newest first.
    private(set) var entries: [Entry] = []
    /// How many older ones were not asked for; nil where all were.
    private(set) var leftOut: Int?

    /// Asks for pages until there are no more; throws `ControlClientError`.
    ///
    /// - Parameter parts: the entries of an answer, what asks for the page after it, and how many entries there are.
    init<Report: Decodable>(
        _ client: ControlClient,
        _ route: ControlRoute,
        _ type: Report.Type,
        parts: (Report) -> (entries: [Entry], next: String?, total: Int?)
    ) async throws {
        var query = ""
        for _ in 0..<Self.limit {
            let page = parts(try await client.ask(route, query: query, as: type))
            entries += page.entries
            // A page without entries would lead to itself.
            guard let next = page.next, !page.entries.isEmpty else {
                leftOut = nil
                return
            }
            query = "after=\(next)"
            leftOut = page.total.map { max(0, $0 - entries.count) }
        }
    }
}
