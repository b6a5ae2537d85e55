/// One value of a pickle; what does not fit into a word is an index into the ``PickleGraph`` that the value is from.
///
/// The type is trivial on purpose: a pickle of 100,000 tensors has millions of values, and none is reference-counted.
enum PickleValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    /// UTF-8 as the pickle holds it, which nobody has checked.
    case text(PickleSpan)
    case bytes(PickleSpan)
    /// An integer beyond 64 bits: its two's complement digits, least significant byte first.
    case bigInteger(PickleSpan)
    /// A class or function, by its index in ``PickleGraph/globals``.
    case global(Int)
    /// The index of a container.
    case list(Int)
    /// The index of a container.
    case tuple(Int)
    /// The index of a container, which holds keys and values by turns.
    case dict(Int)
    /// The index of a container.
    case set(Int)
    /// What a call or a class that means nothing here would have made, by its index in ``PickleGraph/objects``.
    case opaque(Int)
    /// An index into ``PickleGraph/storages``.
    case storage(Int)
    /// An index into ``PickleGraph/tensors``.
    case tensor(Int)

    /// What the value is, for messages.
    var typeName: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .int: "an int"
        case .float: "a float"
        case .text: "a string"
        case .bytes: "bytes"
        case .bigInteger: "an int of more than 64 bits"
        case .global: "a class or function"
        case .list: "a list"
        case .tuple: "a tuple"
        case .dict: "a dict"
        case .set: "a set"
        case .opaque: "an object"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}
