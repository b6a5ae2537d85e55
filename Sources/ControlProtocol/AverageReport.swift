/// A published average.
package struct AverageReport: Codable, Sendable, Equatable {
    package var recipe: String
    package var name: String
    package var step: Int
    package var path: String
    /// Steps of the members, oldest first.
    package var memberSteps: [Int]
    /// Bytes of the weights.
    package var bytes: Int
    /// How long the pass took.
    package var seconds: Double
    /// ISO 8601 in UTC.
    package var created: String
    /// Whether `latest` points at it.
    package var latest: Bool

    package init(
        recipe: String,
        name: String,
        step: Int,
        path: String,
        memberSteps: [Int],
        bytes: Int,
        seconds: Double,
        created: String,
        latest: Bool
    ) {
        self.recipe = recipe
        self.name = name
        self.step = step
        self.path = path
        self.memberSteps = memberSteps
        self.bytes = bytes
        self.seconds = seconds
        self.created = created
        self.latest = latest
    }
}

/// The answer to `GET /v1/averages`, newest first.
package struct AveragesReport: Codable, Sendable, Equatable {
    package var averages: [AverageReport]
    /// How many there are; nil from a daemon that answers with all.
    package var total: Int?
    /// What asks for the next page as `after`; nil where there is none.
    package var next: String?

    package init(averages: [AverageReport], total: Int? = nil, next: String? = nil) {
        self.averages = averages
        self.total = total
        self.next = next
    }
}
