import ControlProtocol

/// What the daemon does next, recipe by recipe: the part of its status that answers `lawa plan`.
struct DaemonPlan: Encodable {
    let instance: String
    let watch: String
    let output: String
    let activity: StatusReport.Activity?
    let recipes: [StatusReport.Recipe]

    /// Takes the part out of a status.
    init(_ status: StatusReport) {
        instance = status.instance
        watch = status.watch.path
        output = status.output
        activity = status.activity
        recipes = status.recipes
    }

    /// The plan for people.
    func lines(columns: Int?) -> [String] {
        recipes.flatMap { recipe in
            let window = RecipeText(recipe: recipe)
            return [
                ("recipe", "\(recipe.name): average of the \(recipe.window), \(window.filling)"),
                ("members", window.members),
                ("next", next(recipe)),
            ].flatMap { TextWrapping.hanging($0.1, label: $0.0, indentation: 10, columns: columns) }
        }
    }

    private func next(_ recipe: StatusReport.Recipe) -> String {
        if let activity, activity.recipe == recipe.name {
            let text = ProgressText(
                fraction: activity.fraction,
                bytesTotal: activity.bytesTotal,
                seconds: activity.seconds
            )
            return
                "averaging \(activity.name) now, \(text.percentage.trimmedStart) of "
                + Readable.bytes(activity.bytesTotal)
        }
        if let waiting = recipe.waiting { return (recipe.refused ? "refused: " : "waiting: ") + waiting }
        return recipe.latest.map { "nothing to do; the newest average is \($0.name)" } ?? "nothing to do"
    }
}

extension StatusReport.Activity {
    /// How much is done, from 0 to 1.
    var fraction: Double { bytesTotal > 0 ? Double(bytesDone) / Double(bytesTotal) : 0 }
}

extension String {
    /// The text without its leading spaces.
    var trimmedStart: String { String(drop { $0 == " " }) }
}
