/// The format of a file with weights, told by its first bytes; names like `.bin` or `.pt` tell nothing.
package enum WeightFormat: String, Sendable, CaseIterable {
    /// Safetensors, which is also what a file is taken for that looks like nothing else: its reader says what is wrong.
    case safetensors
    /// What torch.save writes: a zip archive.
    case torchZip
    /// What torch.save wrote before torch 1.6, and still can: pickles, then storages.
    case torchLegacy

    /// The number of first bytes that are looked at.
    package static let prefixByteCount = 512

    /// Tells the format of a file.
    ///
    /// - Parameter prefix: The first ``prefixByteCount`` bytes of the file, or all of a shorter one.
    /// - Throws: The format, where it is a known one that is not read.
    package static func sniff(_ prefix: [UInt8]) throws(ForeignFormat) -> WeightFormat {
        // First, because the length of a header can begin like almost anything.
        if looksLikeSafetensors(prefix) { return .safetensors }
        if zipSignatures.contains(where: prefix.starts(with:)) { return .torchZip }
        if LegacyMagic.byteCount(in: prefix) != nil { return .torchLegacy }
        if let foreign = ForeignFormat(prefix) { throw foreign }
        return .safetensors
    }

    /// Those of a record, and of the two end records with which an archive without records begins.
    private static let zipSignatures: [[UInt8]] = [
        [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x06, 0x06],
    ]

    /// Whether a length within the format's limit is followed by the beginning of a JSON object.
    private static func looksLikeSafetensors(_ prefix: [UInt8]) -> Bool {
        guard prefix.count > SafetensorsHeader.prefixByteCount,
            (1...UInt64(SafetensorsHeader.maximumHeaderByteCount)).contains(prefix.uint64(at: 0))
        else { return false }
        return [UInt8(ascii: "{"), 0x20, 0x09, 0x0A, 0x0D].contains(prefix[SafetensorsHeader.prefixByteCount])
    }
}
