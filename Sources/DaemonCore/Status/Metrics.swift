import Averaging
import ControlProtocol

/// The daemon's figures in the text format of Prometheus (exposition format 0.0.4).
struct Metrics {
    let reports: StatusReports

    /// All figures.
    var text: String {
        let state = reports.state
        let status = reports.status()
        var lines = Lines()
        lines.add("lawad_up", "1 while the daemon answers", "gauge", [([], 1)])
        lines.add("lawad_uptime_seconds", "Seconds since the start", "gauge", [([], status.uptimeSeconds)])
        lines.add(
            "lawad_watch_present",
            "Whether the watched directory is there",
            "gauge",
            [([], status.watch.present ? 1 : 0)]
        )
        lines.add("lawad_checkpoints", "Checkpoints by state", "gauge", checkpointCounts)
        lines.add("lawad_looks_total", "Looks at the directory", "counter", [([], Double(state.looks))])
        lines.add(
            "lawad_averages_published_total",
            "Averages published since the start",
            "counter",
            [([], Double(state.published))]
        )
        lines.add(
            "lawad_averages_failed_total",
            "Averages refused or failed since the start",
            "counter",
            [([], Double(state.failed))]
        )
        lines.add(
            "lawad_averaged_bytes_total",
            "Bytes read by finished averages",
            "counter",
            [([], Double(state.bytesAveraged))]
        )
        lines.add(
            "lawad_averaging_seconds_total",
            "Seconds spent on finished averages",
            "counter",
            [([], state.secondsAveraging)]
        )
        lines.add(
            "lawad_average_progress_ratio",
            "How far the running average is",
            "gauge",
            [([], status.activity?.fraction ?? 0)]
        )
        addProgress(of: status.activity, to: &lines)
        lines.add(
            "lawad_window_members",
            "Members of the newest window",
            "gauge",
            status.recipes.map {
                ([("recipe", $0.name)], Double($0.members.count))
            }
        )
        addWatching(status, to: &lines)
        lines.add(
            "lawad_latest_average_step",
            "Step of the newest average",
            "gauge",
            status.recipes.compactMap { recipe in
                recipe.latest.map { ([("recipe", recipe.name)], Double($0.step)) }
            }
        )
        lines.add(
            "lawad_recipe_refused",
            "1 where the newest window cannot be averaged",
            "gauge",
            status.recipes.map {
                ([("recipe", $0.name)], $0.refused ? 1 : 0)
            }
        )
        lines.add(
            "process_resident_memory_bytes",
            "Resident memory",
            "gauge",
            [([], Double(status.residentBytes ?? 0))]
        )
        return lines.text
    }

    private func addWatching(_ status: StatusReport, to lines: inout Lines) {
        lines.add(
            "lawad_polling",
            "1 where looking at intervals stands in for events",
            "gauge",
            [([], status.watch.mode == "polling" ? 1 : 0)]
        )
        lines.add(
            "lawad_pinned_checkpoints",
            "Checkpoints that are kept from the trainer's rotation",
            "gauge",
            [([], Double(status.pins?.count ?? 0))]
        )
        lines.add(
            "lawad_pinned_bytes",
            "Bytes of the disk that only pins still hold",
            "gauge",
            [([], Double(status.pins?.bytes ?? 0))]
        )
    }

    /// What is not known has no sample; where nothing is averaged, nothing is to be read.
    private func addProgress(of activity: StatusReport.Activity?, to lines: inout Lines) {
        func add(_ name: String, _ help: String, _ value: Double?) {
            lines.add(name, help, "gauge", value.map { [([], $0)] } ?? [])
        }
        add(
            "lawad_average_read_bytes",
            "Bytes that the running average has read",
            Double(activity?.bytesDone ?? 0)
        )
        add(
            "lawad_average_size_bytes",
            "Bytes that the running average reads in all",
            Double(activity?.bytesTotal ?? 0)
        )
        add(
            "lawad_average_read_bytes_per_second",
            "Recent rate at which the running average reads",
            activity?.bytesPerSecond
        )
        add(
            "lawad_average_remaining_seconds",
            "Seconds until the running average has read everything, at the recent rate",
            activity?.secondsLeft
        )
        add(
            "lawad_average_flushing",
            "1 while the running average is brought to the disk",
            activity?.isFlushing == true ? 1 : 0
        )
    }

    private var checkpointCounts: [Lines.Sample] {
        let counts = reports.counts
        return CheckpointReport.State.allCases.map { state in
            ([("state", state.rawValue)], Double(counts[state, default: 0]))
        }
    }
}

/// Lines of the exposition format.
private struct Lines {
    typealias Sample = (labels: [(name: String, value: String)], value: Double)

    private(set) var text = ""

    mutating func add(_ name: String, _ help: String, _ type: String, _ samples: [Sample]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(sample.value))\n"
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.flatMap { character -> [Character] in
            switch character {
            case "\\": ["\\", "\\"]
            case "\"": ["\\", "\""]
            case "\n": ["\\", "n"]
            default: [character]
            }
        }.reduce(into: "") { $0.append($1) }
    }
}
