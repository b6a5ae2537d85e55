/// Sizes and times as people write them in a configuration and on a command line.
package enum Quantity {
    /// Bytes: `512`, `"10GiB"`, `"500 MB"`; nil where it is none or too large.
    package static func bytes(_ text: String) -> Int? {
        split(
            text,
            units: [
                "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
                "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "": 1,
            ]
        )
    }

    /// A time: `"500ms"`, `"30s"`, `"5min"`, `"2h"`; nil where it is none.
    package static func duration(_ text: String) -> Duration? {
        split(text, units: ["ms": 1, "s": 1000, "min": 60_000, "m": 60_000, "h": 3_600_000]).map { .milliseconds($0) }
    }

    private static func split(_ text: String, units: [String: Int]) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let unit = text[digits.endIndex...].drop { $0 == " " }
        guard let factor = units[String(unit)], let number = Double(digits), number.isFinite,
            number * Double(factor) < 9e18
        else { return nil }
        if let whole = Int(digits) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return Int(number * Double(factor))
    }
}
