extension PickleGraph {
    /// The longest key that is part of a name or path, in bytes.
    private static let maximumKeyByteCount = 4096

    /// Whether a value is a whole `torch.nn.Module`: an object with dicts of parameters and modules.
    func isModule(_ value: PickleValue) -> Bool {
        guard case .dict(let container)? = attributes(of: value) else { return false }
        return moduleStates.contains(container)
    }

    /// Whether a value is a tensor subclass that has several tensors inside, as quantised ones do.
    func isWrapper(_ value: PickleValue) -> Bool {
        guard case .opaque(let index) = value else { return false }
        return symbol(objects[index].callee) == .rebuildFromType && attributes(of: value) != nil
    }

    /// Whether a key sets a value aside, or the value is what `Optimizer.state_dict()` returns.
    func isSetAside(_ value: PickleValue, key: PickleValue) -> Bool {
        if case .text = key, ModelNaming.isSetAside(word(key)) { return true }
        return isOptimizerState(value)
    }

    /// Whether a value is what `Optimizer.state_dict()` returns.
    func isOptimizerState(_ value: PickleValue) -> Bool {
        self.value(of: "param_groups", in: value) != nil && self.value(of: "state", in: value) != nil
    }

    /// Finds the attributes of modules; many objects can share one state, which is looked through once.
    func findModuleStates() -> Set<Int> {
        var seen = [Bool](repeating: false, count: objects.isEmpty ? 0 : arena.containerCount)
        var states: Set<Int> = []
        for object in objects.indices {
            guard case .dict(let container)? = attributes(of: .opaque(object)), !seen[container] else { continue }
            seen[container] = true
            let state = PickleValue.dict(container)
            if value(of: "_parameters", in: state) != nil, value(of: "_modules", in: state) != nil {
                states.insert(container)
            }
        }
        return states
    }

    /// The dict of an object's attributes, or nil where the value is no object or has none.
    func attributes(of value: PickleValue) -> PickleValue? { stateDicts(of: value).first }

    /// What an object is as a dict, what it is as a list, and the dicts of its attributes and slots.
    func parts(of value: PickleValue) -> [PickleValue] {
        guard case .opaque(let index) = value else { return [] }
        let contents = [objects[index].items.map(PickleValue.dict), objects[index].elements.map(PickleValue.list)]
        return contents.compactMap { $0 } + stateDicts(of: value)
    }

    /// An object's state is a dict of attributes, or a tuple of that or None and a dict of slots.
    private func stateDicts(of value: PickleValue) -> [PickleValue] {
        guard case .opaque(let index) = value else { return [] }
        switch objects[index].state {
        case .dict: return [objects[index].state]
        case .tuple(let parts) where arena.valueCount(of: parts) == 2: return arena.values(of: parts).filter(\.isDict)
        default: return []
        }
    }

    /// What a dict, list, tuple or object holds, with the keys or places that paths and names are made of.
    ///
    /// Left out is what `isIncluded` refuses, and what has a key that is neither a text of a sane length nor an int. The
    /// list takes the room of just what is in it.
    func children(
        of value: PickleValue,
        where isIncluded: (PickleValue) -> Bool
    ) -> [(key: PickleValue, value: PickleValue)] {
        var children: [(key: PickleValue, value: PickleValue)] = []
        children.reserveCapacity(childCount(of: value, where: isIncluded))
        forEachChild(of: value, where: isIncluded) { children.append(($0, $1)) }
        return children
    }

    /// How many `children` lists.
    func childCount(of value: PickleValue, where isIncluded: (PickleValue) -> Bool) -> Int {
        var count = 0
        forEachChild(of: value, where: isIncluded) { _, _ in count += 1 }
        return count
    }

    /// Visits what `children` lists, one by one and without a list: a value may have millions of them.
    func forEachChild<Failure: Error>(
        of value: PickleValue,
        where isIncluded: (PickleValue) -> Bool,
        _ body: (PickleValue, PickleValue) throws(Failure) -> Void
    ) throws(Failure) {
        switch value {
        case .dict(let container):
            for (key, value) in pairs(of: container) where isIncluded(value) && isKey(key) { try body(key, value) }
        case .list(let container), .tuple(let container):
            for (position, value) in arena.values(of: container).enumerated() where isIncluded(value) {
                try body(.int(position), value)
            }
        case .opaque:
            for part in parts(of: value) { try forEachChild(of: part, where: isIncluded, body) }
        default: break
        }
    }

    /// Whether one of what `children` lists has a key that is looked for.
    func hasChild(
        of value: PickleValue,
        where isIncluded: (PickleValue) -> Bool,
        key isWanted: (PickleValue) -> Bool
    ) -> Bool {
        var isFound = false
        forEachChild(of: value, where: isIncluded) { key, _ in isFound = isFound || isWanted(key) }
        return isFound
    }

    /// How many values it takes to list a value's children.
    func childCount(of value: PickleValue) -> Int {
        switch value {
        case .dict(let container), .list(let container), .tuple(let container): arena.valueCount(of: container)
        case .opaque: parts(of: value).reduce(1) { $0 + childCount(of: $1) }
        default: 0
        }
    }

    /// A key as part of a name or path; empty where it cannot be one.
    func keyText(_ key: PickleValue) -> String {
        switch key {
        case .text(let span) where isKey(key): text(span)
        case .int(let number): String(number)
        default: ""
        }
    }

    /// A key as a word with a meaning; empty where it is none, or longer than any.
    ///
    /// One long text can be the key of every value of the pickle, and is not to be looked at for each.
    func word(_ key: PickleValue) -> String {
        keyByteCount(key) <= ModelNaming.wordByteCount ? keyText(key) : ""
    }

    /// The size of a key as part of a name or path, at least 1.
    func keyByteCount(_ key: PickleValue) -> Int {
        if case .text(let span) = key { max(1, Int(span.byteCount)) } else { 1 }
    }

    private func isKey(_ key: PickleValue) -> Bool {
        switch key {
        case .text: keyByteCount(key) <= Self.maximumKeyByteCount
        case .int: true
        default: false
        }
    }
}

extension PickleValue {
    /// Whether the value is a tensor.
    var isTensor: Bool { if case .tensor = self { true } else { false } }

    /// Whether the value can hold others that a path leads to.
    var isContainer: Bool {
        switch self {
        case .dict, .list, .tuple, .opaque: true
        default: false
        }
    }

    /// Whether the value is a dict.
    var isDict: Bool { if case .dict = self { true } else { false } }
}
