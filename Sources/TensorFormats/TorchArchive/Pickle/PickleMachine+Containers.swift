extension PickleMachine {
    /// Adds everything from a place in the stack on to the list, set or object below it.
    mutating func append(from start: Int) throws(PickleError) {
        let target = try container(below: start)
        guard stack.count > start else { return }
        switch target {
        case .list(let container), .set(let container): try move(from: start, to: container)
        case .opaque(let index):
            let container = objects[index].elements ?? arena.makeContainer()
            objects[index].elements = container
            try move(from: start, to: container)
        default: throw failure(.wrongType(expected: "a list or set", found: target.typeName))
        }
        stack.removeLast(stack.count - start)
    }

    /// Adds keys and values from a place in the stack on to the dict or object below them.
    mutating func setItems(from start: Int) throws(PickleError) {
        let target = try container(below: start)
        guard (stack.count - start).isMultiple(of: 2) else { throw failure(.oddItems(count: stack.count - start)) }
        guard stack.count > start else { return }
        switch target {
        case .dict(let container): try move(from: start, to: container)
        case .opaque(let index):
            let container = objects[index].items ?? arena.makeContainer()
            objects[index].items = container
            try move(from: start, to: container)
        default: throw failure(.wrongType(expected: "a dict", found: target.typeName))
        }
        stack.removeLast(stack.count - start)
    }

    /// Gives the object below the top of the stack a state; where it is a value of ours, the state says nothing.
    mutating func build() throws(PickleError) {
        let state = try pop()
        if case .opaque(let index) = try top() { objects[index].state = state }
    }

    /// Adds values to a container that may have to move, with as much room again.
    private mutating func move(from start: Int, to container: Int) throws(PickleError) {
        let growth = arena.growth(adding: stack.count - start, to: container)
        try require(growth - (stack.count - start) + arena.copiedCount(adding: growth))
        arena.append(stack[start...], to: container)
    }

    private func container(below start: Int) throws(PickleError) -> PickleValue {
        guard start - 1 >= marks.last ?? 0, start <= stack.count else { throw failure(.stackUnderflow) }
        return stack[start - 1]
    }
}
