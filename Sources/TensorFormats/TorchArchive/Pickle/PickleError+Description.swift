import Text

extension PickleError: CustomStringConvertible {
    /// The place, the opcode, the numbers and the limit, in one line.
    package var description: String {
        "pickle byte \(offset)" + (opcode.map { ", opcode \(Self.name($0))" } ?? "") + ": \(reason)"
    }

    private static func name(_ opcode: UInt8) -> String {
        let digits = String(opcode, radix: 16, uppercase: true)
        return "0x" + (digits.count < 2 ? "0" : "") + digits
            + (PickleOpcode(rawValue: opcode).map { " (\($0))" } ?? "")
    }
}

extension PickleError.Reason: CustomStringConvertible {
    /// What is wrong, in one line.
    var description: String {
        switch self {
        case .truncated, .tooLarge, .tooManyNodes, .memory, .textTooLong: sizeText
        case .foreignReference, .unknownStorageClass, .storageView, .storageSize, .storageClash: storageText
        case .tensorArguments, .tensorRank, .tensorDimensions, .tensorNegative, .tensorOverflow, .tensorType,
            .tensorBeyondStorage:
            tensorText
        default: programText
        }
    }

    private static let damaged = "the file is damaged or not written by torch.save"

    private var sizeText: String {
        switch self {
        case .truncated(let needed, let available):
            "needs \(needed) more bytes, the pickle ends after \(available): the file is cut short or damaged"
        case .tooLarge(let byteCount, let limit):
            "the pickle takes \(byteCount) bytes, the limit is \(limit): save only model.state_dict()"
        case .tooManyNodes(let limit):
            "the pickle holds more than \(limit) values: save only model.state_dict()"
        case .memory(let shortage):
            "\(shortage)"
        case .textTooLong(let byteCount, let limit):
            "a string takes \(byteCount) bytes, the limit is \(limit): save only model.state_dict()"
        default: ""
        }
    }

    private var programText: String {
        switch self {
        case .unknownProtocol(let version):
            "protocol \(version) is unknown, known are 0 to 5: save with pickle_protocol=2"
        case .unknownOpcode: "not an opcode that torch.save writes: \(Self.damaged)"
        case .stackUnderflow: "takes more values than there are: \(Self.damaged)"
        case .noMark: "goes back to a mark that was never set: \(Self.damaged)"
        case .emptyMemoSlot(let number): "gets value \(number), which was never stored: \(Self.damaged)"
        case .wrongType(let expected, let found): "finds \(found), expected \(expected): \(Self.damaged)"
        case .oddItems(let count): "\(count) values do not make pairs of key and value: \(Self.damaged)"
        case .malformedNumber: "the text is not an integer: \(Self.damaged)"
        default: ""
        }
    }

    private var storageText: String {
        switch self {
        case .foreignReference:
            "refers to something outside that is not a storage of torch: save it with torch.save"
        case .unknownStorageClass(let name):
            "storage class \(name.quoted) is unknown: save dense tensors of a type that PyTorch 2 has"
        case .storageView(let key):
            "storage \(key.quoted) is a view of another: load the file and save it with PyTorch 1.6 or newer"
        case .storageSize(let key, let elementCount):
            "storage \(key.quoted) has \(elementCount) elements, expected 0 to \(Int.max) bytes: \(Self.damaged)"
        case .storageClash(let first, let second):
            "storage \(first.key.quoted) is \(second.form), before it was \(first.form): \(Self.damaged)"
        default: ""
        }
    }

    private var tensorText: String {
        switch self {
        case .tensorArguments(let function, let problem): "\(function): \(problem): \(Self.damaged)"
        case .tensorRank(let size, let stride):
            "a tensor has \(size) sizes and \(stride) strides: \(Self.damaged)"
        case .tensorDimensions(let count, let limit):
            "a tensor has \(count) dimensions, the limit is \(limit): \(Self.damaged)"
        case .tensorNegative(let what, let value): "a tensor's \(what) is \(value): \(Self.damaged)"
        case .tensorOverflow(let shape, let strides, let offset):
            "a tensor of size \(shape), stride \(strides) and offset \(offset) is beyond \(Int.max) bytes: "
                + Self.damaged
        case .tensorType(let type, let storage):
            "a tensor of \(type) views a storage of \(storage): \(Self.damaged)"
        case .tensorBeyondStorage(let shape, let strides, let offset, let storage):
            "a tensor of size \(shape), stride \(strides) and offset \(offset) goes beyond storage "
                + "\(storage.key.quoted) of \(storage.form): \(Self.damaged)"
        default: ""
        }
    }
}

extension StorageReference {
    /// Size and type, for messages.
    var form: String { "\(elementCount) \(elementType?.rawValue ?? "bytes")" }
}
