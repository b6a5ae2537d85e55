import ControlProtocol

/// What the daemon has seen and written.
struct DaemonList: Encodable {
    let checkpoints: [CheckpointReport]
    let averages: [AverageReport]
    /// How many older checkpoints are not in the list; nil where all are.
    var checkpointsLeftOut: Int?
    /// How many older averages are not in the list; nil where all are.
    var averagesLeftOut: Int?

    /// The list for people, newest first.
    func lines(columns: Int?) -> [String] {
        var lines: [String] = []
        lines += checkpoints.isEmpty ? ["no checkpoints yet"] : checkpointTable.lines(width: columns)
        if let checkpointsLeftOut { lines.append("and \(checkpointsLeftOut) older checkpoints") }
        lines.append("")
        lines += averages.isEmpty ? ["no averages yet"] : averageTable.lines(width: columns)
        if let averagesLeftOut { lines.append("and \(averagesLeftOut) older averages") }
        return lines
    }

    private var checkpointTable: Table {
        var table = Table([
            .figures("STEP"), .text("CHECKPOINT"), .text("STATE"), .figures("SIZE"), .text("PIN"), .text("REASON"),
        ])
        for checkpoint in checkpoints {
            table.add([
                "\(checkpoint.step)", checkpoint.name, checkpoint.state.rawValue,
                checkpoint.bytes.map(Readable.bytes) ?? "", CheckpointText(checkpoint: checkpoint).pin ?? "",
                checkpoint.reason ?? "",
            ])
        }
        return table
    }

    private var averageTable: Table {
        var table = Table([
            .text("RECIPE"), .figures("STEP"), .text("AVERAGE"), .figures("MEMBERS"), .figures("SIZE"),
            .figures("SECONDS"), .text("CREATED"), .text(""),
        ])
        for average in averages {
            table.add([
                average.recipe, "\(average.step)", average.name, "\(average.memberSteps.count)",
                Readable.bytes(average.bytes), Readable.decimal(average.seconds, places: 1), average.created,
                average.latest ? "latest" : "",
            ])
        }
        return table
    }
}
