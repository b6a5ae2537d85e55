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
            return "averaging \(activity.name) now: \(activity.figures)"
        }
        if let waiting = recipe.waiting { return (recipe.refused ? "refused: " : "waiting: ") + waiting }
        return recipe.latest.map { "nothing to do; the newest average is \($0.name)" } ?? "nothing to do"
    }
}
