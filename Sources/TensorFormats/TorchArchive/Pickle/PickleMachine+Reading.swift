extension PickleMachine {
    /// Reads an integer that the pickle holds least significant byte first.
    mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) throws(PickleError) -> Int {
        let offset = try take(MemoryLayout<Number>.size)
        let number = Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        // A length beyond 63 bits is beyond every pickle.
        return Int(clamping: number)
    }

    /// Moves on by so many bytes, if they are there, and returns where they begin.
    mutating func take(_ byteCount: Int) throws(PickleError) -> Int {
        let available = bytes.count - position
        guard byteCount >= 0, byteCount <= available else {
            throw failure(.truncated(needed: byteCount, available: available))
        }
        defer { position += byteCount }
        return position
    }

    /// Moves on by the length of a text or byte string.
    mutating func takeText(_ byteCount: Int) throws(PickleError) -> PickleSpan {
        guard byteCount <= limits.textByteCount else {
            throw failure(.textTooLong(byteCount: byteCount, limit: limits.textByteCount))
        }
        return PickleSpan(offset: try take(byteCount), byteCount: byteCount)
    }

    /// Moves on behind the next line feed, and returns what is before it.
    mutating func takeLine() throws(PickleError) -> PickleSpan {
        let rest = bytes[position...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw failure(.truncated(needed: rest.count + 1, available: rest.count))
        }
        let span = try takeText(end - position)
        position = end + 1
        return span
    }

    /// Reads a float, most significant byte first.
    mutating func readFloat() throws(PickleError) -> Double {
        let offset = try take(8)
        return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    /// Reads an integer of so many bytes; one that does not fit into 64 bits stays where it is.
    mutating func readLong(_ byteCount: Int) throws(PickleError) -> PickleValue {
        let span = try takeText(byteCount)
        guard byteCount <= 8 else { return .bigInteger(span) }
        let digits = bytes[span.range]
        let isNegative = digits.last.map { $0 >= 0x80 } ?? false
        return .int(digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }

    /// Reads an integer in decimal, as protocol 1 writes it; 00 and 01 are the bools.
    mutating func readDecimal() throws(PickleError) -> PickleValue {
        guard let line = shortText(try takeLine()) else { throw failure(.malformedNumber) }
        switch line {
        case "00": return .bool(false)
        case "01": return .bool(true)
        default:
            guard let number = Int(line.hasSuffix("L") ? line.dropLast() : line[...]) else {
                throw failure(.malformedNumber)
            }
            return .int(number)
        }
    }

    /// The text of a stretch of the pickle, or nil for one too long for a name.
    ///
    /// Values are shared: one long text could be asked for by every opcode of the pickle.
    func shortText(_ span: PickleSpan) -> String? { span.byteCount <= Self.nameByteCount ? text(span) : nil }

    private func text(_ span: PickleSpan) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[span.range]), as: UTF8.self)
    }
}
