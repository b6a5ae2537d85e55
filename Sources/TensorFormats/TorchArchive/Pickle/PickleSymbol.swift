/// What is known of the classes and functions that a pickle names.
enum PickleSymbol: Sendable, Equatable {
    /// `torch._utils._rebuild_tensor`, `_v2` or `_v3`.
    case rebuildTensor(TensorCall)
    /// `_rebuild_parameter`, with state or without: the tensor is the first argument.
    case rebuildParameter
    /// `_rebuild_from_type_v2`: a tensor that has attributes, or a subclass of tensor.
    case rebuildFromType
    /// `_rebuild_wrapper_subclass`: a tensor without data of its own.
    case rebuildWrapper
    /// `_rebuild_qtensor`: quantised elements.
    case rebuildQuantized
    /// `_rebuild_device_tensor_from_cpu_tensor`: the data of a device that has no storages.
    case rebuildDeviceTensor
    /// A class of storages; nil for the one without a type.
    case storageClass(TorchElementType?)
    /// A `torch.dtype`.
    case elementType(TorchElementType)
    /// `dict`, `OrderedDict` or `Counter`: the contents are the first argument, if there is one.
    case dict
    /// `defaultdict`: the first argument makes missing values.
    case defaultDict
    /// `set` or `frozenset`.
    case set
    /// `torch.Size`, which is a tuple.
    case size
    /// `copyreg._reconstructor`, with which old protocols make objects.
    case reconstructor
    /// `numpy.…multiarray.scalar`.
    case numpyScalar
    /// `_codecs.encode`, by which old protocols write bytes.
    case encode
    /// Anything else.
    case other

    /// The three functions that make a tensor of a storage.
    enum TensorCall: String, Sendable {
        case v1 = "_rebuild_tensor"
        case v2 = "_rebuild_tensor_v2"
        case v3 = "_rebuild_tensor_v3"
    }

    /// What a module's name stands for.
    init(module: String, name: String) {
        switch module {
        case "torch._utils", "torch._tensor", "torch.tensor": self = Self.torchFunctions[name] ?? .other
        case "torch", "torch.cuda", "torch.storage": self = Self.torchClass(name)
        case "collections", "builtins", "__builtin__": self = Self.builtins[name] ?? .other
        case "copyreg", "copy_reg": self = name == "_reconstructor" ? .reconstructor : .other
        case "_codecs": self = name == "encode" ? .encode : .other
        case "numpy.core.multiarray", "numpy._core.multiarray": self = name == "scalar" ? .numpyScalar : .other
        default: self = .other
        }
    }

    private static let torchFunctions: [String: PickleSymbol] = [
        "_rebuild_tensor": .rebuildTensor(.v1),
        "_rebuild_tensor_v2": .rebuildTensor(.v2),
        "_rebuild_tensor_v3": .rebuildTensor(.v3),
        "_rebuild_parameter": .rebuildParameter,
        "_rebuild_parameter_with_state": .rebuildParameter,
        "_rebuild_from_type": .rebuildFromType,
        "_rebuild_from_type_v2": .rebuildFromType,
        "_rebuild_wrapper_subclass": .rebuildWrapper,
        "_rebuild_qtensor": .rebuildQuantized,
        "_rebuild_device_tensor_from_cpu_tensor": .rebuildDeviceTensor,
    ]

    private static let builtins: [String: PickleSymbol] = [
        "dict": .dict,
        "OrderedDict": .dict,
        "Counter": .dict,
        "defaultdict": .defaultDict,
        "set": .set,
        "frozenset": .set,
    ]

    private static func torchClass(_ name: String) -> PickleSymbol {
        if name == "Size" { return .size }
        if name == "UntypedStorage" || name == "_UntypedStorage" { return .storageClass(nil) }
        if let type = TorchElementType(storageClass: name) { return .storageClass(type) }
        if let type = TorchElementType(rawValue: name) { return .elementType(type) }
        return .other
    }
}
