@testable import TensorFormats

extension PickleGraph {
    /// The root in the notation of Python, as far as `depth` goes, so that a test can compare it.
    var rootText: String { describe(root, depth: 12) }

    func describe(_ value: PickleValue, depth: Int) -> String {
        guard depth > 0 else { return "…" }
        switch value {
        case .none: return "None"
        case .bool(let bool): return bool ? "True" : "False"
        case .int(let number): return String(number)
        case .float(let number): return String(number)
        case .text(let span): return "'\(text(span))'"
        case .bytes, .bigInteger: return "\(value.typeName) \((bytes(value) ?? []).map { String($0, radix: 16) })"
        case .global(let index): return "\(text(globals[index].module)).\(text(globals[index].name))"
        case .list(let container): return "[\(elements(container, depth))]"
        case .tuple(let container): return "(\(elements(container, depth)))"
        case .set(let container): return "{\(elements(container, depth))}"
        case .dict(let container): return "{\(items(container, depth))}"
        case .storage(let index): return "storage \(storages[index].key)"
        case .tensor(let index):
            let tensor = tensors[index]
            return "\(tensor.elementType.rawValue)\(tensor.shape)@\(storages[tensor.storage].key)+\(tensor.offset)"
        case .opaque(let index): return describe(objects[index], depth)
        }
    }

    private func describe(_ object: PickleObject, _ depth: Int) -> String {
        var text = describe(object.callee, depth: depth - 1) + describe(object.arguments, depth: depth - 1)
        if object.state != .none { text += "|" + describe(object.state, depth: depth - 1) }
        if let items = object.items { text += "|" + describe(.dict(items), depth: depth - 1) }
        if let elements = object.elements { text += "|" + describe(.list(elements), depth: depth - 1) }
        return text
    }

    private func elements(_ container: Int, _ depth: Int) -> String {
        arena.values(of: container).map { describe($0, depth: depth - 1) }.joined(separator: ", ")
    }

    private func items(_ container: Int, _ depth: Int) -> String {
        pairs(of: container).map { "\(describe($0.key, depth: depth - 1)): \(describe($0.value, depth: depth - 1))" }
            .joined(separator: ", ")
    }
}
