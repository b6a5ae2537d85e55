import ControlProtocol

/// How far something is, on one line that fits the terminal.
struct ProgressText {
    /// From 0 to 1.
    let fraction: Double
    /// What all of it is, in bytes.
    let bytesTotal: Int
    /// How long it has taken so far.
    let seconds: Double

    /// The bar and as many figures as there is room for, the more important first.
    func line(columns: Int) -> String {
        // The last column stays empty: some terminals begin a new line as soon as it is taken.
        let room = max(0, columns - 1)
        var figures = [percentage, remaining, rate, done].compactMap(\.self)
        while figures.count > 1, room - Self.width(figures) < 14 { figures.removeLast() }
        let barRoom = min(30, room - Self.width(figures) - 4)
        let text = figures.joined(separator: Self.gap)
        return barRoom >= 5 ? bar(cells: barRoom) + Self.gap + text : String(text.prefix(room))
    }

    private static let gap = "  "

    private static func width(_ figures: [String]) -> Int {
        figures.joined(separator: gap).count
    }

    /// `[####----]` with this many cells between its ends.
    func bar(cells: Int) -> String {
        let full = Int(share * Double(cells))
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: cells - full) + "]"
    }

    /// `45 %`, padded so that the line does not jump.
    var percentage: String {
        let number = "\(Int(share * 100))"
        return String(repeating: " ", count: max(0, 3 - number.count)) + number + " %"
    }

    private var share: Double { fraction.isFinite ? min(1, max(0, fraction)) : 0 }
    private var bytesDone: Int { Int(share * Double(bytesTotal)) }

    private var done: String { "\(Readable.bytes(bytesDone)) of \(Readable.bytes(bytesTotal))" }

    private var rate: String? {
        seconds > 0.2 && bytesDone > 0 ? "\(Readable.bytes(Int(Double(bytesDone) / seconds)))/s" : nil
    }

    private var remaining: String? {
        if share >= 1 { return "writing to disk" }
        guard seconds > 0.2, share > 0 else { return nil }
        return "\(Readable.duration(seconds: seconds * (1 - share) / share)) left"
    }
}
