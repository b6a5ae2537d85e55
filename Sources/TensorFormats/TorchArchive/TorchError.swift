import Text

/// Why a file of torch.save cannot be read; the caller adds the path.
package enum TorchError: Error, Equatable, Sendable {
    /// The file does not begin like one of torch.save.
    case notTorch
    /// The file begins like one of another kind.
    case foreignFormat(ForeignFormat)
    /// The zip archive is damaged, or not one of torch.
    case zip(ZipError)
    /// The stream of the form before torch 1.6 is damaged.
    case legacy(LegacyError)
    /// The archive has no pickle.
    case noPickle(recordCount: Int, example: String)
    /// The archive has more than one pickle.
    case severalPickles([String])
    /// The archive is a compiled program with weights.
    case torchScript(record: String)
    /// The numbers are not little-endian.
    case byteOrder(String)
    /// A pickle is damaged, or has what is not understood; `part` names it.
    case pickle(part: String, PickleError)
    /// A storage's key cannot be the name of a record.
    case unsafeStorageKey(String)
    /// The file does not have a storage that the pickle refers to.
    case missingStorage(key: String)
    /// A storage has another size than the pickle says.
    case storageSize(key: String, byteCount: Int, expected: Int)
    /// The model's tensors are not found among the objects.
    case model(ModelFinderError)
}

extension TorchError: CustomStringConvertible {
    /// The part of the file, the numbers and what to do, in one line.
    package var description: String {
        switch self {
        case .notTorch:
            "not a file of torch.save: it begins neither like a zip archive nor like the form before torch 1.6"
        case .foreignFormat(let format):
            "not a file of torch.save but a \(format)"
        case .zip(let error):
            "\(error)"
        case .legacy(let error):
            "\(error)"
        case .noPickle(let count, let example):
            "zip archive was not written by torch.save: none of its \(count) records is \"<name>/data.pkl\", "
                + "the first is \(example.quoted)"
        case .severalPickles(let names):
            "zip archive was not written by torch.save: it has records "
                + names.map(\.quoted).joined(separator: " and ")
        case .torchScript(let record):
            "TorchScript archive (it has record \(record.quoted)): "
                + "save the weights with torch.save(model.state_dict(), path) instead"
        case .byteOrder(let order):
            "byte order is \(order.quoted), only \"little\" is read: load the file with torch.load on a "
                + "little-endian machine and save it again"
        case .pickle(let part, let error):
            "\(part): \(error)"
        case .unsafeStorageKey(let key):
            "storage key \(key.quoted) is not a plain name"
        case .missingStorage(let key):
            "storage \(key.quoted) is missing: the file is damaged, or torch.save was interrupted"
        case .storageSize(let key, let byteCount, let expected):
            "storage \(key.quoted) has \(byteCount) bytes, its tensors need \(expected) bytes"
        case .model(let error):
            "\(error)"
        }
    }
}
