import ControlProtocol
import FoundationEssentials
import Text

/// The state of one daemon on one screen.
struct StatusText {
    let report: StatusReport
    /// Width of the terminal; nil where there is none.
    let columns: Int?
    let now: Date
    /// Whether an average that is being made has a line of its own, as wide as there is room, which needs `columns`.
    var showsBar = false

    /// Where texts begin, after their labels.
    private static let indentation = 11

    /// The lines, without colours or other control codes.
    var lines: [String] {
        var lines = [heading.visibleLine]
        lines += field("watching", watching)
        lines += field("output", report.output)
        if let pins = report.pins, pins.count > 0 { lines += field("pins", PinsText(pins: pins).line) }
        lines += field("newest", newest)
        if let leftOut = report.leftOut { lines += field("left out", leftOut) }
        lines += doing
        for recipe in report.recipes { lines += section(recipe) }
        if !report.problems.isEmpty {
            lines +=
                ["", "problems"]
                + report.problems.flatMap {
                    TextWrapping.hanging($0, label: "  -", indentation: 4, columns: columns)
                }
        }
        return lines
    }

    private var heading: String {
        let memory = report.residentBytes.map { ", \(Readable.bytes($0)) of memory" } ?? ""
        let uptime = Readable.duration(seconds: report.uptimeSeconds)
        return "\(report.program) \(report.version), \(report.instance), pid \(report.pid), up \(uptime)\(memory)"
    }

    private var watching: String {
        let watch = report.watch
        var facts = [watch.layout.map { "layout \($0)" } ?? "no layout recognised yet"]
        if let filesystem = watch.filesystem { facts.append(filesystem) }
        facts.append("\(Plural.checkpoints(watch.checkpointsSeen)) seen")
        if let reason = watch.modeReason { facts.append("polling, because \(reason)") }
        if !watch.present { facts = ["it is not there"] }
        return "\(watch.path) (\(facts.joined(separator: ", ")))"
    }

    private var newest: String {
        guard let newest = report.newest else { return "no checkpoint yet" }
        return "\(newest.name), \(CheckpointText(checkpoint: newest).state)"
    }

    private var doing: [String] {
        guard let activity = report.activity else { return field("doing", report.summary) }
        let progress = ProgressText(activity)
        guard showsBar, let columns else {
            return field("doing", "\(activity.title) \(progress.bar(cells: 20)) \(activity.figures)")
        }
        let margin = String(repeating: " ", count: columns < 2 * Self.indentation ? 0 : Self.indentation)
        return field("doing", activity.title) + [margin + progress.line(columns: columns - margin.count)]
    }

    private func section(_ recipe: StatusReport.Recipe) -> [String] {
        let text = RecipeText(recipe: recipe)
        var lines = ["", "recipe \(recipe.name): window \(text.filling) (\(recipe.window))".visibleLine]
        lines += field("  members", text.members)
        lines += field("  average", text.average(now: now))
        lines += field("  written", Plural.averages(recipe.averagesPublished))
        if let waiting = recipe.waiting { lines += field(recipe.refused ? "  refused" : "  waiting", waiting) }
        return lines
    }

    private func field(_ label: String, _ text: String) -> [String] {
        TextWrapping.hanging(text, label: label, indentation: Self.indentation, columns: columns)
    }
}
