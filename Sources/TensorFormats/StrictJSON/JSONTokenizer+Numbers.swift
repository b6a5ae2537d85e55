extension JSONTokenizer {
    /// The longest number that is converted to floating point; the conversion is not linear in the length.
    static let longestNumber = 1024

    /// Reads the number whose minus sign or first digit is the next byte.
    mutating func readNumber() throws(JSONSyntaxError) -> JSONToken {
        let start = offset
        let isNegative = take("-")
        if isNegative, take(literal: "Infinity") { return try nonFinite(-.infinity) }
        let integer = try readInteger(isNegative: isNegative)
        let hasFraction = try readFraction()
        let hasExponent = try readExponent()
        if let integer, !hasFraction, !hasExponent { return .integer(integer) }
        return .number(try floatingPoint(start..<offset))
    }

    /// The token of a number that RFC 8259 does not have.
    func nonFinite(_ value: Double) throws(JSONSyntaxError) -> JSONToken {
        guard options.allowsNonFinite else { throw error("\(tokenText) is not a JSON number") }
        return .number(value)
    }

    /// Reads the digits before a fraction; nil when `Int` cannot hold the value or would lose the sign of zero.
    private mutating func readInteger(isNegative: Bool) throws(JSONSyntaxError) -> Int? {
        if take("0") { return isNegative ? nil : 0 }
        var value = 0
        var overflows = false
        try readDigits { digit in
            let (shifted, shiftOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) =
                isNegative
                ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            overflows = overflows || shiftOverflows || sumOverflows
            value = sum
        }
        return overflows ? nil : value
    }

    private mutating func readFraction() throws(JSONSyntaxError) -> Bool {
        guard take(".") else { return false }
        try readDigits { _ in }
        return true
    }

    private mutating func readExponent() throws(JSONSyntaxError) -> Bool {
        guard take("e") || take("E") else { return false }
        _ = take("+") || take("-")
        try readDigits { _ in }
        return true
    }

    private mutating func readDigits(_ body: (Int) -> Void) throws(JSONSyntaxError) {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            body(Int(byte - UInt8(ascii: "0")))
            offset += 1
        }
        if offset == start { throw error("expected a digit, found \(foundText)", at: offset) }
    }

    private func floatingPoint(_ range: Range<Int>) throws(JSONSyntaxError) -> Double {
        guard range.count <= Self.longestNumber else {
            throw error("a number of \(range.count) characters is longer than the limit of \(Self.longestNumber)")
        }
        guard let value = Double(text(range)), value.isFinite else {
            throw error("number \(tokenText) does not fit a 64-bit float")
        }
        return value
    }
}
