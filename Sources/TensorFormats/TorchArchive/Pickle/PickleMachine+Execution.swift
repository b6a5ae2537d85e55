extension PickleMachine {
    /// Runs one opcode; STOP is the caller's.
    mutating func execute(_ opcode: PickleOpcode) throws(PickleError) {
        switch opcode {
        case .binPut: try memoize(at: try read(UInt8.self))
        case .longBinPut: try memoize(at: try read(UInt32.self))
        case .memoize: try memoize(at: memo.count)
        case .binGet: try pushMemo(try read(UInt8.self))
        case .longBinGet: try pushMemo(try read(UInt32.self))
        case .mark: marks.append(stack.count)
        case .tuple: stack.append(.tuple(collect(from: try popMark())))
        case .tuple1: try pushTuple(1)
        case .tuple2: try pushTuple(2)
        case .tuple3: try pushTuple(3)
        case .reduce: try reduce()
        case .binPersistentID: stack.append(try persistentValue(try pop()))
        case .setItem: try setItems(from: stack.count - 2)
        case .setItems: try setItems(from: try popMark())
        case .append: try append(from: stack.count - 1)
        case .appends, .addItems: try append(from: try popMark())
        case .build: try build()
        case .newObject: try makeNewObject(hasKeywords: false)
        case .newObjectEx: try makeNewObject(hasKeywords: true)
        case .pop: try popValueOrMark()
        case .popMark: stack.removeLast(stack.count - (try popMark()))
        case .dup: stack.append(try top())
        case .proto: try checkProtocol()
        case .frame: try checkFrame()
        default: stack.append(try value(opcode))
        }
    }
}

extension PickleMachine {
    /// The value that an opcode makes of the bytes behind it, or of everything back to the mark.
    private mutating func value(_ opcode: PickleOpcode) throws(PickleError) -> PickleValue {
        switch opcode {
        case .none: .none
        case .newTrue: .bool(true)
        case .newFalse: .bool(false)
        case .binInt1: .int(try read(UInt8.self))
        case .binInt2: .int(try read(UInt16.self))
        case .binInt: .int(try read(Int32.self))
        case .long1: try readLong(try read(UInt8.self))
        case .long4: try readLong(try read(Int32.self))
        case .int, .long: try readDecimal()
        case .binFloat: .float(try readFloat())
        case .binUnicode: .text(try takeText(try read(UInt32.self)))
        case .shortBinUnicode, .shortBinString: .text(try takeText(try read(UInt8.self)))
        case .binUnicode8: .text(try takeText(try read(UInt64.self)))
        case .binString: .text(try takeText(try read(Int32.self)))
        case .shortBinBytes: .bytes(try takeText(try read(UInt8.self)))
        case .binBytes: .bytes(try takeText(try read(UInt32.self)))
        case .binBytes8, .byteArray8: .bytes(try takeText(try read(UInt64.self)))
        case .emptyTuple: .tuple(arena.makeContainer())
        case .emptyList: .list(arena.makeContainer())
        case .emptyDict: .dict(arena.makeContainer())
        case .emptySet: .set(arena.makeContainer())
        case .list: .list(collect(from: try popMark()))
        case .dict: .dict(try collectItems(from: try popMark()))
        case .frozenSet: .set(collect(from: try popMark()))
        case .global: makeGlobal(module: try takeLine(), name: try takeLine())
        case .stackGlobal: try makeStackGlobal()
        default: throw failure(.unknownOpcode)
        }
    }

    /// Takes the last mark, and returns how many values there were on the stack when it was set.
    private mutating func popMark() throws(PickleError) -> Int {
        guard let mark = marks.popLast() else { throw failure(.noMark) }
        return mark
    }

    /// Moves the top of the stack into a container.
    private mutating func collect(from start: Int) -> Int {
        let container = arena.makeContainer(stack[start...])
        stack.removeLast(stack.count - start)
        return container
    }

    private mutating func collectItems(from start: Int) throws(PickleError) -> Int {
        guard (stack.count - start).isMultiple(of: 2) else { throw failure(.oddItems(count: stack.count - start)) }
        return collect(from: start)
    }

    private mutating func pushTuple(_ count: Int) throws(PickleError) {
        guard stack.count - count >= marks.last ?? 0 else { throw failure(.stackUnderflow) }
        stack.append(.tuple(collect(from: stack.count - count)))
    }

    private mutating func memoize(at number: Int) throws(PickleError) {
        let value = try top()
        // One more is counted before every opcode.
        let growth = memo.growth(storingAt: number)
        if growth > 1 { try require(growth + memo.copiedCount(adding: growth)) }
        memo.store(value, at: number)
    }

    private mutating func pushMemo(_ number: Int) throws(PickleError) {
        guard let value = memo[number] else { throw failure(.emptyMemoSlot(number)) }
        stack.append(value)
    }

    /// Drops the top of the stack, which may be a mark.
    private mutating func popValueOrMark() throws(PickleError) {
        if marks.last == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    private mutating func checkProtocol() throws(PickleError) {
        let version = try read(UInt8.self)
        guard version <= 5 else { throw failure(.unknownProtocol(UInt8(version))) }
    }

    /// A frame says how many bytes follow without another frame; only its end within the pickle matters here.
    private mutating func checkFrame() throws(PickleError) {
        let byteCount = try read(UInt64.self)
        let available = bytes.count - position
        guard byteCount <= available else { throw failure(.truncated(needed: byteCount, available: available)) }
    }

    private mutating func makeGlobal(module: PickleSpan, name: PickleSpan) -> PickleValue {
        var symbol = PickleSymbol.other
        if let module = shortText(module), let name = shortText(name) {
            symbol = PickleSymbol(module: module, name: name)
        }
        globals.append(PickleGlobal(module: module, name: name, symbol: symbol))
        return .global(globals.count - 1)
    }

    private mutating func makeStackGlobal() throws(PickleError) -> PickleValue {
        let name = try pop()
        let module = try pop()
        guard case .text(let nameSpan) = name, case .text(let moduleSpan) = module else {
            let found = if case .text = name { module.typeName } else { name.typeName }
            throw failure(.wrongType(expected: "two strings, module and name", found: found))
        }
        return makeGlobal(module: moduleSpan, name: nameSpan)
    }
}
