import TensorFormats

/// The scales of adapters that files keep as tensors: `NAME.alpha` beside `NAME.lora_down.weight`.
///
/// An adapter adds its matrices times alpha over their rank, so that matrices under another alpha are of another model.
/// Sources: kohya-ss/sd-scripts `networks/lora.py`, KohakuBlueleaf/LyCORIS `lycoris/modules`.
enum AdapterScales {
    private static let suffix = ".alpha"
    /// How the parts of an adapter begin, after its name: LoRA, LoHa, LoKr, OFT and GLoRA.
    private static let parts = ["lora_", "hada_", "lokr_", "oft_", "a1.", "b1."]
    private static let elementTypes: Set<ElementType> = [.f16, .bf16, .f32, .f64]

    /// The scales of a file's adapters, by the names of their tensors.
    ///
    /// A scalar of that name beside anything else may be learned, and is a number like any other.
    static func statements(in tensors: [TensorInfo], of bytes: some ByteSource) throws -> [String: String] {
        let scales = tensors.filter {
            $0.name.hasSuffix(suffix) && $0.elementCount == 1 && elementTypes.contains($0.elementType)
        }
        guard !scales.isEmpty else { return [:] }
        let adapters = Set(tensors.lazy.compactMap { adapter(of: $0.name) })
        var statements: [String: String] = [:]
        for scale in scales where adapters.contains(String(scale.name.dropLast(suffix.count))) {
            let content = try bytes.bytes(at: scale.byteRange.lowerBound, count: scale.byteRange.count)
            statements[scale.name] = text(of: content, scale.elementType)
        }
        return statements
    }

    /// The name of the adapter that a tensor is a part of.
    private static func adapter(of name: String) -> String? {
        for part in parts {
            if let range = name.firstRange(of: "." + part) { return String(name[..<range.lowerBound]) }
        }
        return nil
    }

    private static func text(of content: [UInt8], _ type: ElementType) -> String {
        let bits = content.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch type {
        case .f16: return "\(Float(Float16(bitPattern: UInt16(truncatingIfNeeded: bits))))"
        case .bf16: return "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))"
        case .f32: return "\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))"
        default: return "\(Double(bitPattern: bits))"
        }
    }
}
