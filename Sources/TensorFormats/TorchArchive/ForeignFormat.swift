/// A format in which weights are kept too, but from which none are read.
package enum ForeignFormat: Error, Equatable, Sendable, CaseIterable {
    /// A tar archive: NeMo's, or that of torch before 2018.
    case tar
    /// HDF5, as Keras writes it.
    case hdf5
    /// A pickle that is not followed by storages.
    case pickle
    /// MessagePack, as flax writes it.
    case messagePack
    /// The form of the previews of torch 0.1.
    case torchPreview
    /// The format of llama.cpp.
    case gguf
    /// An array of NumPy.
    case numpy
    /// A file compressed with gzip, zstd or xz.
    case compressed

    /// Tells whether a file with these first bytes is of one of these formats.
    init?(_ prefix: [UInt8]) {
        let match = Self.magics.first { prefix.dropFirst($0.offset).starts(with: $0.bytes) }
        if let match {
            self = match.format
        } else if prefix.count >= 2, prefix[0] == 0x80, prefix[1] <= 5 {
            self = .pickle
        } else if Self.isMessagePackMap(prefix) {
            self = .messagePack
        } else {
            return nil
        }
    }

    private static let magics: [(format: ForeignFormat, offset: Int, bytes: [UInt8])] = [
        (.tar, 257, Array("ustar".utf8)),
        (.hdf5, 0, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
        (.torchPreview, 0, Array("PYTORCH1".utf8)),
        (.gguf, 0, Array("GGUF".utf8)),
        (.numpy, 0, [0x93] + Array("NUMPY".utf8)),
        (.compressed, 0, [0x1F, 0x8B]),
        (.compressed, 0, [0x28, 0xB5, 0x2F, 0xFD]),
        (.compressed, 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    ]

    /// A map of which the first key is a string, in the encoding of MessagePack.
    private static func isMessagePackMap(_ prefix: [UInt8]) -> Bool {
        guard let first = prefix.first else { return false }
        let keyOffset: Int
        switch first {
        case 0x81...0x8F: keyOffset = 1
        case 0xDE: keyOffset = 3
        case 0xDF: keyOffset = 5
        default: return false
        }
        guard keyOffset < prefix.count else { return false }
        return [0xA1...0xBF, 0xD9...0xDB].contains { $0.contains(prefix[keyOffset]) }
    }
}

extension ForeignFormat: CustomStringConvertible {
    /// The name of the format and what to do.
    package var description: String {
        switch self {
        case .tar:
            "tar archive: unpack it, or if torch older than 0.4 wrote it, load it with torch.load and save it again"
        case .hdf5:
            "HDF5 file: convert the weights to safetensors"
        case .pickle:
            "pickle without weights of its own: save the weights with torch.save or as safetensors"
        case .messagePack:
            "MessagePack file, as flax writes it: convert the weights to safetensors"
        case .torchPreview:
            "file of a preview of torch: load it with the torch that wrote it and save it with a current one"
        case .gguf:
            "GGUF file, which holds converted weights: use the checkpoint it was made from"
        case .numpy:
            "NumPy array: convert the weights to safetensors"
        case .compressed:
            "compressed file: unpack it"
        }
    }
}
