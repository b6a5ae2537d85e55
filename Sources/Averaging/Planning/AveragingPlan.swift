package import Checkpoints
package import TensorFormats

/// Everything that an average will do, decided before a byte of a tensor is read.
package struct AveragingPlan: Sendable {
    /// What is done with one tensor.
    package struct Decision: Sendable {
        /// The tensor as the newest member has it.
        package let tensor: TensorCatalog.Entry
        /// Why it is copied from the newest member; nil where it is averaged.
        package let copyReason: CopyReason?
        /// The decision that stands for this one where tensors share bytes, which are averaged once; else its own index.
        package let leader: Int
    }

    /// The recipe that asked for it.
    package let recipe: Recipe
    /// Which tensors are averaged.
    package let rules: TensorRules
    /// Members, oldest first.
    package let window: CheckpointWindow
    /// One coefficient a member.
    package let coefficients: [Double]
    /// One decision a tensor of the newest member, in its order.
    package let decisions: [Decision]
    /// What the engine is to do.
    package let spans: SpanPlan

    /// Name and step of the average are those of its newest member.
    package var newest: Checkpoint { window.newest }

    /// Tensors that are averaged unless all members turn out to hold the same bytes.
    package var averagedCount: Int { decisions.count { $0.copyReason == nil } }

    /// Bytes of all weight files that will be read.
    package var bytesToRead: Int { spans.bytesToRead }

    /// Bytes that will be written, companions included.
    package var bytesToWrite: Int { newest.weightByteCount + newest.companionByteCount }
}

/// Why a tensor is taken from the newest member as it is.
package enum CopyReason: String, Sendable, Codable, CaseIterable {
    /// Integers and booleans count or select; their mean means nothing.
    case notFloatingPoint = "not_floating_point"
    /// Codes of quantised numbers, and the scales, offsets and tables that belong to them.
    case quantized
    /// A pattern of the configuration or the command line keeps it out.
    case excluded
    /// Running statistics of batch normalization, where the newest's were asked for.
    case batchNorm = "batch_norm"
    /// Its bytes are also those of a tensor that is copied, or that reads them as numbers of another type.
    case sharesBytes = "shares_bytes"
    /// Its bytes are not its elements: quantised, or conjugated only when they are read.
    case opaque
    /// Its elements lie in too many places of the file.
    case scattered
    /// All members hold the same bytes.
    case identical
}

/// Why no average is made of a window; trying again without other members would give the same answer.
package enum PlanRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Tensors that a member lacks or has beyond the newest's.
    case differentTensors(member: String, newest: String, missing: [String], additional: [String])
    /// A tensor whose type differs.
    case differentType(tensor: String, member: String, type: ElementType, newest: String, newestType: ElementType)
    /// A tensor whose shape differs.
    case differentShape(tensor: String, member: String, shape: [Int], newest: String, newestShape: [Int])
    /// A tensor whose elements lie in another order.
    case differentStrides(tensor: String, member: String, newest: String)
    /// Tensors that share bytes in the newest but not, or not in the same way, in a member.
    case differentSharing(tensor: String, with: String, sharer: String, other: String)
    /// A member whose model lies elsewhere among what its file holds.
    case differentModel(member: String, path: String, newest: String, newestPath: String)
    /// Members whose configuration gives their numbers other meanings.
    case differentSettings(member: String, newest: String, ModelSettings.Difference)
    /// More of the model is quantised than an average may leave as the newest has it.
    case mostlyQuantized(newest: String, percent: Int, tensors: [String])
    /// Nothing among the tensors can be averaged.
    case nothingToAverage(newest: String)
    /// Parameters that were saved without their elements.
    case emptyParameters(newest: String, tensors: [String])
    /// Two members are the same file.
    case sameFile(first: String, second: String)

    /// The refusal as a sentence, with what to do.
    package var description: String {
        switch self {
        case .differentTensors(let member, let newest, let missing, let additional):
            let parts = [
                missing.isEmpty ? nil : "\"\(member)\" lacks \(Self.list(missing)) of \"\(newest)\"",
                additional.isEmpty ? nil : "\"\(member)\" has \(Self.list(additional)) that \"\(newest)\" lacks",
            ]
            return "the tensors of the window differ: \(parts.compactMap(\.self).joined(separator: ", and ")); "
                + "average only checkpoints of the same model"
        case .differentType(let tensor, let member, let type, let newest, let newestType):
            return "tensor \"\(tensor)\" is \(type.rawValue) in \"\(member)\" but \(newestType.rawValue) in "
                + "\"\(newest)\"; average only checkpoints saved in the same precision"
        case .differentShape(let tensor, let member, let shape, let newest, let newestShape):
            return "tensor \"\(tensor)\" has shape \(shape) in \"\(member)\" but \(newestShape) in \"\(newest)\"; "
                + "average only checkpoints of the same architecture"
        case .differentStrides(let tensor, let member, let newest):
            return "the elements of tensor \"\(tensor)\" lie in another order in \"\(member)\" than in "
                + "\"\(newest)\"; average only checkpoints saved by the same code"
        case .differentSharing(let tensor, let second, let sharer, let other):
            return "tensors \"\(tensor)\" and \"\(second)\" share their bytes in \"\(sharer)\" but not in the same way "
                + "in \"\(other)\"; average only checkpoints saved by the same code, or exclude both tensors"
        case .differentModel(let member, let path, let newest, let newestPath):
            return "the model of \"\(member)\" is at \"\(path)\", that of \"\(newest)\" at \"\(newestPath)\"; "
                + "average only checkpoints saved by the same code, or name the place of the model"
        case .differentSettings(let member, let newest, let difference):
            return "\"\(difference.file)\" says \(difference.key) \(Self.brief(difference.value)) in \"\(member)\" but "
                + "\(Self.brief(difference.otherValue)) in \"\(newest)\", so their numbers mean different things; "
                + "average only checkpoints saved with the same settings"
        case .mostlyQuantized(let newest, let percent, let tensors):
            return
                "\(percent) % of \"\(newest)\" is quantized (\(Self.list(tensors))): codes and their scales cannot be "
                + "averaged separately and would be copied from the newest; average checkpoints of the weights before they were "
                + "quantized, or set tensors.quantized to \"copy\" (--quantized copy)"
        case .nothingToAverage(let newest):
            return "\"\(newest)\" has no tensor that can be averaged; check the include and exclude patterns"
        case .emptyParameters(let newest, let tensors):
            return
                "\"\(newest)\" holds no elements of \(Self.list(tensors)): it was saved without gathering the parts of "
                + "the model; save with stage3_gather_16bit_weights_on_model_save (DeepSpeed), convert it with "
                + "zero_to_fp32.py, or exclude these tensors where they are empty on purpose"
        case .sameFile(let first, let second):
            return "\"\(first)\" and \"\(second)\" are the same file; name each checkpoint once"
        }
    }

    private static func brief(_ value: String) -> String {
        value.count > 60 ? "\(value.prefix(60))…" : value
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
