import ControlProtocol
import FoundationEssentials

/// A recipe of the daemon in words.
struct RecipeText {
    let recipe: StatusReport.Recipe

    /// `4 of 5 members`; `7 members` of a window that is not limited by their number.
    var filling: String {
        let count = recipe.members.count
        return count <= recipe.needed ? "\(count) of \(recipe.needed) members" : "\(count) members"
    }

    /// The members, oldest first; of many the ends.
    var members: String {
        let shown = 8
        let names = recipe.members
        guard names.count > shown else { return names.isEmpty ? "none yet" : names.joined(separator: ", ") }
        let (head, tail) = (names.prefix(2), names.suffix(shown - 3))
        return (head + ["... \(names.count - head.count - tail.count) more ..."] + tail).joined(separator: ", ")
    }

    /// Path, age, members and effort of the newest average.
    func average(now: Date) -> String {
        guard let average = recipe.latest else { return "none yet" }
        let members = Plural.checkpoints(average.memberSteps.count)
        return "\(average.path) (\(Self.age(of: average.created, now: now)), \(members), "
            + "\(Readable.bytes(average.bytes)), made in \(Readable.duration(seconds: average.seconds)))"
    }

    /// `12 min ago`; the time itself where it does not parse or lies in the future, as of a clock that was set.
    static func age(of created: String, now: Date) -> String {
        guard let date = try? Date(created, strategy: .iso8601), date <= now else { return created }
        return "\(Readable.duration(seconds: now.timeIntervalSince(date).rounded())) ago"
    }
}
