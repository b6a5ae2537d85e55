import Averaging
import Checkpoints
import TensorFormats

/// The list of recipes in a configuration.
enum RecipeReading {
    /// Members beyond this are a mistake: the literature finds no use for more than some twenty.
    private static let memberRange = 1...1000

    /// Reads `recipes`; nil where it is absent, so that the default stands.
    static func recipes(_ top: inout SectionReader, notes: ConfigurationNotes) -> [Recipe]? {
        let list = top.parse("recipes", allowed: "a list of at least one recipe") { value in
            value.arrayValue.flatMap { $0.isEmpty ? nil : $0 }
        }
        // Without a list an empty recipe is read, so that its keys are known.
        let sink = list == nil ? ConfigurationNotes() : notes
        let recipes = (list ?? [.object([])]).enumerated().compactMap { index, value in
            recipe(SectionReader(value, path: "recipes[\(index)]", notes: sink))
        }
        sink.knownKeys.forEach(notes.know)
        guard list != nil else { return nil }
        let names = recipes.map(\.name)
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            notes.add("recipes[\(index)].name", "\"\(name)\" is used twice", allowed: "give each recipe its own name")
        }
        return recipes
    }

    private static func recipe(_ section: SectionReader) -> Recipe? {
        var section = section
        let name = section.parse("name", allowed: "a directory name of letters, digits, '-', '_', '.'") { value in
            value.stringValue.flatMap { isDirectoryName($0) ? $0 : nil }
        }
        var window = section.section("window")
        let last = window.integer("last", memberRange)
        let steps = window.integer("steps", 1 ... .max)
        if last != nil && steps != nil {
            window.refuse("steps", "stands beside \"last\"", allowed: "choose one of them")
        }
        window.finish()
        let weighting: Weighting? = section.choice("weights")
        let rule = steps.map(WindowRule.steps) ?? .last(last ?? 5)
        let minimum = section.integer("min_members", memberRange)
        if case .last(let count) = rule, let minimum, minimum > count {
            section.refuse("min_members", "\(minimum) is more than the window's \(count)", allowed: "1 to \(count)")
        }
        let recipe = Recipe(
            name: name ?? Recipe.lawa.name,
            window: rule,
            weighting: weighting ?? .uniform,
            minimumMembers: minimum,
            everySteps: section.integer("every_steps", 1 ... .max),
            fromStep: section.integer("from_step", 0 ... .max)
        )
        section.finish()
        return recipe
    }

    private static func isDirectoryName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 100 && name != AverageStore.latestName
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
            }
    }
}
