/// The known name that somebody most likely meant.
enum NearestName {
    /// The name within a third of the letters of what was written; nil where none is that close.
    static func among(_ names: [String], to written: String) -> String? {
        let best = names.map { (name: $0, distance: distance($0, written)) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= max(1, written.count / 3) else { return nil }
        return best.name
    }

    /// Edits that turn one text into the other (Levenshtein 1966).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substitution = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
