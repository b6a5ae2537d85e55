import ControlProtocol
import FoundationEssentials

/// The state of one daemon on one screen.
struct StatusText {
    let report: StatusReport
    /// Width of the terminal; nil where there is none.
    let columns: Int?
    let now: Date

    /// The lines, without colours or other control codes.
    var lines: [String] {
        var lines = [Printable.line(heading)]
        lines += field("watching", watching)
        lines += field("output", report.output)
        lines += field("newest", newest)
        lines += field("doing", doing)
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
        if !watch.present { facts = ["it is not there"] }
        return "\(watch.path) (\(facts.joined(separator: ", ")))"
    }

    private var newest: String {
        guard let newest = report.newest else { return "no checkpoint yet" }
        return "\(newest.name), \(CheckpointText(checkpoint: newest).state)"
    }

    private var doing: String {
        guard let activity = report.activity else { return report.summary }
        let progress = ProgressText(
            fraction: activity.fraction,
            bytesTotal: activity.bytesTotal,
            seconds: activity.seconds
        )
        let rate = activity.bytesPerSecond.map { ", \(Readable.bytes(Int($0)))/s" } ?? ""
        let left = activity.secondsLeft.map { ", \(Readable.duration(seconds: $0)) left" } ?? ""
        return "averaging \(activity.name) (\(activity.recipe)) \(progress.bar(cells: 20)) "
            + "\(progress.percentage.trimmedStart) of \(Readable.bytes(activity.bytesTotal))\(rate)\(left)"
    }

    private func section(_ recipe: StatusReport.Recipe) -> [String] {
        let text = RecipeText(recipe: recipe)
        var lines = ["", Printable.line("recipe \(recipe.name): window \(text.filling) (\(recipe.window))")]
        lines += field("  members", text.members)
        lines += field("  average", text.average(now: now))
        lines += field("  written", Plural.averages(recipe.averagesPublished))
        if let waiting = recipe.waiting { lines += field(recipe.refused ? "  refused" : "  waiting", waiting) }
        return lines
    }

    private func field(_ label: String, _ text: String) -> [String] {
        TextWrapping.hanging(text, label: label, indentation: 11, columns: columns)
    }
}
