import Averaging
import Checkpoints
import ControlProtocol
import TensorFormats

/// How many tensors an average computes and which it copies, as far as headers tell.
struct TensorTally: Encodable {
    /// A tensor that is copied.
    struct Copy: Encodable, Equatable {
        let name: String
        let reason: CopyReason
    }

    /// How many tensors, and how much they hold.
    struct Size: Encodable, Equatable {
        let count: Int
        let elements: Int
        let bytes: Int
    }

    /// Tensors that are averaged, unless all members turn out to hold the same bytes.
    let averaged: Size
    let copied: [Copy]

    /// Counts tensors with the reasons for which they are copied.
    init(_ decisions: [AveragingPlan.Decision]) {
        // Tensors that share bytes are averaged once.
        let computed = decisions.indices.filter { decisions[$0].copyReason == nil && decisions[$0].leader == $0 }
            .map { decisions[$0].tensor.info }
        averaged = Size(
            count: decisions.count { $0.copyReason == nil },
            elements: computed.reduce(0) { $0 + $1.elementCount },
            bytes: computed.reduce(0) { $0 + $1.byteRange.count }
        )
        copied = decisions.compactMap { decision in
            decision.copyReason.map { Copy(name: decision.tensor.name, reason: $0) }
        }
    }

    /// `3 tensors, 1200 elements, 4.7 KiB`.
    var averagedText: String {
        "\(Plural.tensors(averaged.count)), \(averaged.elements) elements, \(Readable.bytes(averaged.bytes))"
    }

    /// `4 tensors (3 not floating point, 1 excluded)`.
    var copiedText: String {
        let counts = CopyReason.allCases.compactMap { reason in
            let count = copied.count { $0.reason == reason }
            return count > 0 ? "\(count) \(reason.words)" : nil
        }
        return counts.isEmpty ? "none" : "\(Plural.tensors(copied.count)) (\(counts.joined(separator: ", ")))"
    }
}

extension CopyReason {
    /// The reason in words.
    var words: String {
        switch self {
        case .notFloatingPoint: "not floating point"
        case .quantized: "quantized"
        case .excluded: "excluded"
        case .batchNorm: "batch norm statistics"
        case .sharesBytes: "sharing bytes with a copied one"
        case .opaque: "in a form that cannot be averaged"
        case .scattered: "scattered over the file"
        case .identical: "identical"
        }
    }
}
