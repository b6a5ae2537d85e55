/// The part of a list that one answer holds.
struct ReportPage: Sendable {
    /// The most entries of one answer, whatever is asked for.
    static let largestLimit = 10_000

    /// How many entries the answer holds at most.
    var limit = 1000
    /// The entry behind which the page begins; nil for the newest.
    var after: PageKey?
    /// How many entries, newest first, are passed over from there.
    var offset = 0

    /// The entries of this page, newest first, and what the next page begins behind; nil where there is none.
    func entries<Entry>(
        of all: [Entry],
        key: (Entry) -> PageKey
    ) -> (entries: ArraySlice<Entry>, next: PageKey?) {
        let sorted = all.map { (key: key($0), entry: $0) }.sorted { $0.key > $1.key }
        let start = after.flatMap { after in sorted.firstIndex { $0.key < after } } ?? (after == nil ? 0 : sorted.count)
        let page = sorted[start...].dropFirst(offset).prefix(limit)
        let isLast = page.endIndex == sorted.endIndex
        return (page.map(\.entry)[...], isLast ? nil : page.last?.key)
    }
}
