extension Double {
    /// The number with five decimals; what is too large for that, or no number, as Swift prints it.
    var inFiveDecimals: String {
        guard isFinite, magnitude < 1e6 else { return "\(self)" }
        let scaled = Int((magnitude * 1e5).rounded())
        return "\(self < 0 ? "-" : "")\(scaled / 100_000).\("\(scaled % 100_000)".padded(to: 5, with: "0"))"
    }
}

extension String {
    /// The string with `filler` before it until it is `width` characters long.
    func padded(to width: Int, with filler: Character = " ") -> String {
        String(repeating: filler, count: max(0, width - count)) + self
    }
}
