import Checkpoints
import TensorFormats

/// Finds floats that are no numbers by themselves but scales, offsets or tables of quantised codes beside them.
///
/// A weight is then the product of two tensors, as `weight` and `weight_scale` of FP8, `qweight` and `scales` of GPTQ and
/// AWQ, `weight` and `weight.absmax` of bitsandbytes, `W_q` and `scale` of HQQ; the mean of one factor beside the newest's
/// other would be a weight that no checkpoint ever had. Codes are told by their types and names, never by their values.
struct QuantizedParts {
    private let entries: [TensorCatalog.Entry]
    private let isDeclared: Bool
    /// How many codes the largest tensor of a module has, by the module's name; 0 where integers may be counters, indices
    /// or masks as well, so that only what is called a scale belongs to them.
    private var codeCounts: [Substring: Int] = [:]

    /// Looks for codes among the tensors of a checkpoint.
    ///
    /// - Parameter isDeclared: whether the checkpoint's configuration says that the model is quantised.
    init(of catalog: TensorCatalog, isDeclared: Bool) {
        entries = catalog.entries
        self.isDeclared = isDeclared
        for entry in entries {
            guard let count = codeCount(of: entry) else { continue }
            // `weight.absmax` lies below its codes, `weight_scale` beside them, `input_scale` beside `weight._data`.
            let module = Self.module(of: entry.name)
            note(count, of: module)
            note(count, of: Substring(entry.name))
            if Self.last(of: entry.name).hasPrefix("_") { note(0, of: Self.module(of: module)) }
        }
    }

    private mutating func note(_ count: Int, of module: Substring) {
        codeCounts[module] = max(codeCounts[module] ?? 0, count)
    }

    /// Positions of the tensors that are parts of quantised numbers: floats, and the codes that these belong to.
    func positions() -> Set<Int> {
        // Most models have no codes, and a hundred thousand names.
        guard !codeCounts.isEmpty else { return [] }
        var owners: Set<Substring> = []
        var parts: Set<Int> = []
        for (position, entry) in entries.enumerated() where entry.info.elementType.averagedComponent != nil {
            guard let owner = owner(of: entry) else { continue }
            parts.insert(position)
            owners.insert(owner)
        }
        for (position, entry) in entries.enumerated() where codeCount(of: entry) != nil {
            let isOwned = owners.contains(Self.module(of: entry.name)) || owners.contains(Substring(entry.name))
            if isOwned { parts.insert(position) }
        }
        return parts
    }

    /// The module, or tensor, whose codes a float belongs to; nil where it is a number by itself.
    private func owner(of entry: TensorCatalog.Entry) -> Substring? {
        let (module, last) = (Self.module(of: entry.name), Self.last(of: entry.name))
        // A table can be a module: `centroids.weight` beside `indices`.
        let outer = Self.module(of: module)
        if Self.isScale(Self.last(of: module)), codeCounts[outer] != nil { return outer }
        guard let count = codeCounts[module] else { return nil }
        if Self.isScale(last) { return module }
        // A model without modules has all of its tensors side by side.
        let isUnknownPart = !module.isEmpty && !Self.isOfLayer(last) && entry.info.elementCount < count
        return isUnknownPart ? module : nil
    }

    /// How many codes a tensor holds; 0 where they may be something else, nil where it has none.
    private func codeCount(of entry: TensorCatalog.Entry) -> Int? {
        let info = entry.info
        switch info.elementType.kind {
        case .boolean, .float, .complex: return nil
        case .smallFloat: return info.elementCount
        case .integer:
            let last = Self.last(of: entry.name).lowercased()
            if info.isOpaque || last.contains("zero_point") { return info.elementCount }
            // A counter has one element.
            guard info.elementCount > 1 else { return nil }
            if Self.isCode(last) { return info.elementCount }
            // Indices, as of positions, mostly have 64 bits.
            if info.elementType.bitCount == 64 { return isDeclared ? 0 : nil }
            return isDeclared ? info.elementCount : 0
        }
    }

    /// The name up to its last part, without the dot, or the colon with which torchao names the parts of a tensor.
    private static func module(of name: some StringProtocol) -> Substring {
        let name = Substring(name)
        return name.lastIndex(where: isSeparator).map { name[..<$0] } ?? ""
    }

    /// The last part of a name.
    private static func last(of name: some StringProtocol) -> Substring {
        let name = Substring(name)
        return name.lastIndex(where: isSeparator).map { name[name.index(after: $0)...] } ?? name
    }

    private static func isSeparator(_ character: Character) -> Bool { character == "." || character == ":" }

    /// Names of scales, offsets and tables: compressed-tensors, DeepSeek, ModelOpt, GPTQ, AWQ, bitsandbytes, HQQ, EETQ,
    /// AQLM, QuIP#, VPTQ, quanto, torchao, Marlin, and PyTorch's own observers.
    private static func isScale(_ last: Substring) -> Bool {
        let name = last.lowercased()
        return ["scale", "absmax", "amax", "quant_map", "zero", "codebook", "centroid"].contains(where: name.contains)
            || ["scb", "su", "sv", "s", "lut", "min_val", "max_val", "_shift", "shift"].contains(name)
    }

    /// Names that codes have and other integers do not.
    private static func isCode(_ name: String) -> Bool {
        ["weight", "qweight", "qzeros", "w_q", "qidxs", "codes", "qdata", "int_data", "_data"].contains(name)
            || ["weight_packed", "quantized_", "qweight_"].contains(where: name.hasPrefix)
            || ["_packed", "_qdata", "_blocks", "_quantized", "_int_data"].contains(where: name.hasSuffix)
    }

    /// Names of what a layer has besides its weight.
    private static func isOfLayer(_ last: Substring) -> Bool {
        last == "bias" || last.hasSuffix("_bias") || last.contains("norm") || last.hasPrefix("lora_")
    }
}
