/// A pattern of names with numbers in them, as in `checkpoint_#_#.pt`.
///
/// Each `#` stands for at least one decimal digit, and several in a row for at least as many, as Python's `%06d` writes
/// them. A `*` at the front stands for any text that is not empty. Everything else stands for itself.
struct NumberedName: Sendable {
    /// What a name holds where the pattern leaves it open.
    struct Match: Equatable {
        /// The text for the `*`; empty where the pattern has none.
        let prefix: String
        /// The numbers, in their order.
        let numbers: [Step]
    }

    private enum Part: Sendable {
        case literal([UInt8])
        case number(minimumDigits: Int)
    }

    private let parts: [Part]
    private let isOpenAtStart: Bool

    /// Takes a pattern apart.
    init(_ pattern: String) {
        var bytes = Array(pattern.utf8)[...]
        isOpenAtStart = bytes.first == UInt8(ascii: "*")
        if isOpenAtStart { bytes.removeFirst() }
        var parts: [Part] = []
        while let first = bytes.first {
            let isNumber = first == UInt8(ascii: "#")
            let part = bytes.prefix { ($0 == UInt8(ascii: "#")) == isNumber }
            parts.append(isNumber ? .number(minimumDigits: part.count) : .literal(Array(part)))
            bytes.removeFirst(part.count)
        }
        self.parts = parts
    }

    /// What a name holds in the open places; nil where it does not match, or a number is too large for a step.
    func match(_ name: String) -> Match? {
        var name = name
        // By its bytes in one piece: a directory may hold ten thousand names.
        return name.withUTF8(match)
    }

    private func match(_ name: UnsafeBufferPointer<UInt8>) -> Match? {
        var rest = name[...]
        var numbers: [Step] = []
        // From the end, where suffixes decide about most names.
        for part in parts.reversed() {
            switch part {
            case .literal(let bytes):
                guard rest.suffix(bytes.count).elementsEqual(bytes) else { return nil }
                rest.removeLast(bytes.count)
            case .number(let minimumDigits):
                let digits = rest.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
                let text = String(decoding: rest.suffix(digits), as: UTF8.self)
                guard digits >= minimumDigits, let number = Step(digits: text) else { return nil }
                numbers.append(number)
                rest.removeLast(digits)
            }
        }
        guard rest.isEmpty != isOpenAtStart else { return nil }
        return Match(prefix: String(decoding: rest, as: UTF8.self), numbers: numbers.reversed())
    }
}
