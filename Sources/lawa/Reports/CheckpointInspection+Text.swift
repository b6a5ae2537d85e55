import Averaging
import Checkpoints
import ControlProtocol
import TensorFormats

extension CheckpointInspection {
    /// The inspection for people: facts, members of an average, types, then every tensor.
    func lines(columns: Int?) -> [String] {
        var lines = facts.flatMap { TextWrapping.hanging($0.1, label: $0.0, indentation: 12, columns: columns) }
        if let average { lines += [""] + members(of: average).lines(width: columns) }
        lines += [""] + typeTable.lines(width: columns)
        return lines + [""] + tensorTable.lines(width: columns)
    }

    private var facts: [(String, String)] {
        let place = unit == .file ? "single file" : "directory"
        var facts = [
            (kind, path),
            ("format", "\(format), \(place)" + (layout.map { ", layout \($0)" } ?? "")),
            ("step", step.map { "\($0)" } ?? "neither name nor content tells one"),
            ("weights", list(weights)),
        ]
        if !companions.isEmpty { facts.append(("companions", list(companions))) }
        facts += modelFacts
        facts.append(("averaged", tally.averagedText))
        facts.append(("copied", tally.copiedText))
        if let average { facts.append(("made", "\(average.created) by \(average.program), recipe \(average.recipe)")) }
        return facts
    }

    /// Shards of one model say the same, which is told once.
    private var modelFacts: [(String, String)] {
        var facts: [(String, String)] = []
        for model in models where !facts.contains(where: { $0.1 == text(of: model) }) {
            facts.append(("model", text(of: model)))
        }
        return leftOut.isEmpty ? facts : facts + [("left out", LeftOut.text(of: leftOut))]
    }

    private func text(of model: Model) -> String {
        "\(model.path == "/" ? "the whole file" : model.path): \(model.reason)"
    }

    private func list(_ files: [FileSize]) -> String {
        let total = Readable.bytes(files.reduce(0) { $0 + $1.bytes })
        let shown = files.prefix(12).map(\.path).joined(separator: ", ")
        let more = files.count > 12 ? ", and \(files.count - 12) more" : ""
        return "\(total): \(shown)\(more)"
    }

    private func members(of average: AverageManifest) -> Table {
        var table = Table([.figures("STEP"), .figures("COEFFICIENT"), .text("MEMBER")])
        for member in average.members {
            table.add(["\(member.step)", Readable.decimal(member.coefficient, places: 6), member.path])
        }
        return table
    }

    private var typeTable: Table {
        var table = Table([.text("TYPE"), .figures("TENSORS"), .figures("ELEMENTS"), .figures("SIZE")])
        for type in types {
            table.add([type.type.rawValue, "\(type.tensors)", "\(type.elements)", Readable.bytes(type.bytes)])
        }
        return table
    }

    private var tensorTable: Table {
        var table = Table([.text("TENSOR"), .text("TYPE"), .text("SHAPE"), .figures("SIZE"), .text("AN AVERAGE")])
        for tensor in tensors {
            let action = tensor.copyReason.map { "copies it: \($0.words)" } ?? "averages it"
            table.add([tensor.name, tensor.type.rawValue, "\(tensor.shape)", Readable.bytes(tensor.bytes), action])
        }
        return table
    }
}
