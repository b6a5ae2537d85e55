import Checkpoints

/// Which published averages may go once a new one is there.
package struct RetentionPolicy: Hashable, Sendable {
    /// How many of the newest stay; nil keeps all.
    package let keepLast: Int?
    /// Averages at multiples of this many steps stay for good.
    package let keepEverySteps: Int?

    /// Describes a policy; without arguments everything stays.
    package init(keepLast: Int? = nil, keepEverySteps: Int? = nil) {
        self.keepLast = keepLast
        self.keepEverySteps = keepEverySteps
    }

    /// The averages to remove, oldest first.
    ///
    /// The newest are those made last: after a run that went back they have lower steps than what it left behind.
    ///
    /// - Parameters:
    ///   - averages: all of one recipe, in any order.
    ///   - latest: the name that `latest` points at, which always stays.
    package func expired(_ averages: [PublishedAverage], latest: String) -> [PublishedAverage] {
        guard let keepLast else { return [] }
        return averages.sorted(by: PublishedAverage.isOlder).dropLast(keepLast).filter { average in
            if average.manifest.name == latest { return false }
            guard let keepEverySteps else { return true }
            return !average.step.value.isMultiple(of: keepEverySteps)
        }
    }
}
