import TensorFormats
import Text

/// Something of a checkpoint that holds numbers and that no average takes: tensors beside the model, or a file.
///
/// Nothing is left out without a word: every tensor of floats is averaged, copied for a reason, or told here.
package struct LeftOut: Hashable, Sendable, Codable {
    /// Why it is not taken.
    package enum Reason: String, Sendable, Codable {
        /// An optimizer's state.
        case optimizer
        /// Tensors of the model's own shapes: an average that the trainer keeps, a best model.
        case copy
        /// Set aside by a key that no model has.
        case setAside = "set_aside"
        /// Within the model, where no state dict has tensors.
        case unlisted
        /// Not taken for the model.
        case other
        /// A file that holds what another file holds.
        case twin
        /// A file of which nothing says that it belongs to the model.
        case unknownFile = "unknown_file"
        /// A file in a format that is not read.
        case unreadable
    }

    /// Relative path of the file.
    package let file: String
    /// The keys within it that lead to the tensors, joined by slashes; nil for the whole file.
    package let place: String?
    /// Why it is not taken.
    package let reason: Reason
    /// How many tensors there are; nil where the file was not looked into.
    package let tensors: Int?
    /// The bytes of the tensors of floats, or of the file.
    package let bytes: Int
    /// What its trainer does with it and how to choose it, where that is known.
    package let note: String?

    /// Describes a file.
    init(file: CheckpointFile, reason: Reason) {
        self.file = file.relativePath
        place = nil
        self.reason = reason
        tensors = nil
        bytes = file.fingerprint.byteCount
        note = nil
    }

    /// Describes tensors within a file.
    init(_ others: OtherTensors, in file: String, beside model: String) {
        self.file = file
        place = others.path
        reason = Reason(others.kind)
        tensors = others.count
        bytes = others.byteCount
        note = others.kind == .copy ? LoaderNotes.note(on: others.path, beside: model) : nil
    }

    /// Whether somebody may have meant it to be averaged; an optimizer's state never is.
    package var isNotable: Bool { reason != .optimizer }

    /// What is in several files of one checkpoint or under several keys, in one line.
    package static func text(of list: [LeftOut]) -> String {
        let limit = 8
        let shown = list.prefix(limit).map(\.text).joined(separator: "; ")
        return list.count > limit ? "\(shown); and \(list.count - limit) more" : shown
    }

    private var text: String {
        let name = place.map { "\($0.quoted) in \(file.quoted)" } ?? file.quoted
        let count = tensors.map { "\($0) tensor\($0 == 1 ? "" : "s"), " } ?? ""
        return "\(name) (\(count)\(bytes) bytes: \(reason.words))" + (note.map { ": \($0)" } ?? "")
    }
}

extension LeftOut.Reason {
    fileprivate init(_ kind: OtherTensors.Kind) {
        self =
            switch kind {
            case .optimizer: .optimizer
            case .copy: .copy
            case .setAside: .setAside
            case .unlisted: .unlisted
            case .other: .other
            }
    }

    /// The reason in words.
    package var words: String {
        switch self {
        case .optimizer: OtherTensors.Kind.optimizer.words
        case .copy: OtherTensors.Kind.copy.words
        case .setAside: OtherTensors.Kind.setAside.words
        case .unlisted: OtherTensors.Kind.unlisted.words
        case .other: OtherTensors.Kind.other.words
        case .twin: "the same as the weights beside it, in another format"
        case .unknownFile: "nothing says that it belongs to the model"
        case .unreadable: "in a format that is not read"
        }
    }
}
