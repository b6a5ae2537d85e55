extension PickleMachine {
    /// Runs REDUCE: replaces a function and its arguments by what they make.
    mutating func reduce() throws(PickleError) {
        let arguments = try pop()
        let callee = try pop()
        guard case .tuple(let container) = arguments else {
            throw failure(.wrongType(expected: "a tuple of arguments", found: arguments.typeName))
        }
        if symbol(callee) == .rebuildFromType {
            stack.append(try rebuildFromType(callee, container))
        } else {
            stack.append(try call(callee, container))
        }
    }

    /// Runs NEWOBJ or NEWOBJ_EX: makes an object of a class, without its state.
    mutating func makeNewObject(hasKeywords: Bool) throws(PickleError) {
        // What is passed by keyword never is a tensor of torch's own.
        if hasKeywords { _ = try pop() }
        let arguments = try pop()
        let callee = try pop()
        guard case .tuple(let container) = arguments else {
            throw failure(.wrongType(expected: "a tuple of arguments", found: arguments.typeName))
        }
        switch symbol(callee) {
        case .dict, .defaultDict: stack.append(try call(callee, container))
        default: stack.append(makeObject(callee, container))
        }
    }

    /// What is known of a class or function, or nil where the value is none.
    func symbol(_ value: PickleValue) -> PickleSymbol? {
        if case .global(let index) = value { globals[index].symbol } else { nil }
    }

    /// One of the arguments of a call, or nil where there are not so many.
    func argument(_ position: Int, of arguments: Int) -> PickleValue? {
        position < arena.valueCount(of: arguments) ? arena.value(position, of: arguments) : nil
    }

    /// What a call makes: a value where the function is known and takes such arguments, otherwise an object.
    private mutating func call(_ callee: PickleValue, _ arguments: Int) throws(PickleError) -> PickleValue {
        let known: PickleValue? =
            switch symbol(callee) {
            case .rebuildTensor(let function): try rebuildTensor(function, arguments)
            case .rebuildQuantized: try rebuildQuantized(arguments)
            case .rebuildDeviceTensor: deviceTensor(arguments)
            case .rebuildParameter, .size: argument(0, of: arguments)
            case .dict: try dict(argument(0, of: arguments))
            case .defaultDict: .dict(arena.makeContainer())
            case .set: set(argument(0, of: arguments))
            case .reconstructor: reconstructed(arguments)
            default: nil
            }
        return known ?? makeObject(callee, arguments)
    }

    /// What `_rebuild_from_type_v2(function, type, arguments, state)` makes: mostly what the function would.
    private mutating func rebuildFromType(_ callee: PickleValue, _ arguments: Int) throws(PickleError) -> PickleValue {
        guard let function = argument(0, of: arguments), symbol(function) != .rebuildFromType,
            case .tuple(let inner)? = argument(2, of: arguments), let state = argument(3, of: arguments)
        else { return makeObject(callee, arguments) }
        guard symbol(function) == .rebuildWrapper else { return try call(function, inner) }
        if let tensor = wrappedTensor(state, declared: inner) { return tensor }
        let wrapper = makeObject(callee, arguments)
        if case .opaque(let index) = wrapper { objects[index].state = state }
        return wrapper
    }

    private mutating func makeObject(_ callee: PickleValue, _ arguments: Int) -> PickleValue {
        objects.append(PickleObject(callee: callee, arguments: .tuple(arguments)))
        return .opaque(objects.count - 1)
    }

    /// A dict without contents, with those of another, or with pairs as Python 2 writes an OrderedDict.
    private mutating func dict(_ contents: PickleValue?) throws(PickleError) -> PickleValue? {
        switch contents {
        case nil: return .dict(arena.makeContainer())
        case .dict(let contents): return .dict(contents)
        case .list(let list):
            // Many calls can share one list; the pickle of a dict holds each of its items once.
            copyCount += arena.valueCount(of: list)
            guard copyCount <= position else { return nil }
            // The list of them, and their place in the arena.
            try require(6 * arena.valueCount(of: list))
            var items: [PickleValue] = []
            items.reserveCapacity(2 * arena.valueCount(of: list))
            for pair in arena.values(of: list) {
                guard let pair = sequence(pair), arena.valueCount(of: pair) == 2 else {
                    throw failure(.wrongType(expected: "pairs of key and value", found: pair.typeName))
                }
                items += arena.values(of: pair)
            }
            return .dict(arena.makeContainer(items[...]))
        default: return nil
        }
    }

    private mutating func set(_ contents: PickleValue?) -> PickleValue? {
        switch contents {
        case nil: .set(arena.makeContainer())
        case .list(let elements), .tuple(let elements), .set(let elements): .set(elements)
        default: nil
        }
    }

    /// An object that protocol 0 or 1 makes of a class, its built-in base and what the base holds.
    private mutating func reconstructed(_ arguments: Int) -> PickleValue? {
        guard let callee = argument(0, of: arguments), let contents = argument(2, of: arguments) else { return nil }
        var object = PickleObject(callee: callee, arguments: .none)
        switch contents {
        case .dict(let items): object.items = items
        case .list(let elements): object.elements = elements
        default: break
        }
        objects.append(object)
        return .opaque(objects.count - 1)
    }

    private func deviceTensor(_ arguments: Int) -> PickleValue? {
        guard case .tensor(let index)? = argument(0, of: arguments), let type = argument(1, of: arguments),
            symbol(type) == .elementType(tensors[index].elementType)
        else { return nil }
        return .tensor(index)
    }

    /// The container of a tuple or list, or nil.
    func sequence(_ value: PickleValue?) -> Int? {
        switch value {
        case .tuple(let container), .list(let container): container
        default: nil
        }
    }
}
