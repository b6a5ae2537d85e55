import Averaging
import ControlProtocol

/// How far an average is, on one line that fits the terminal.
struct ProgressText {
    /// From 0 to 1.
    let fraction: Double
    /// What is read, and what all of it is, in bytes.
    let bytesDone, bytesTotal: Int
    /// The recent rate; nil while none can be told.
    let bytesPerSecond: Double?
    /// Until everything is read; nil while that cannot be told.
    let secondsLeft: Double?
    /// Whether everything is read.
    let isFlushing: Bool

    /// The bar and as many figures as there is room for, the more important first.
    func line(columns: Int) -> String {
        // The last column stays empty: some terminals begin a new line as soon as it is taken.
        let room = max(0, columns - 1)
        var figures = [isFlushing ? "flushing to disk" : percentage, remaining, rate, done].compactMap(\.self)
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

    /// Padded so that the line does not jump.
    private var percentage: String {
        let number = "\(Int(share * 100))"
        return String(repeating: " ", count: max(0, 3 - number.count)) + number + " %"
    }

    private var share: Double { fraction.isFinite ? min(1, max(0, fraction)) : 0 }

    private var done: String {
        isFlushing
            ? "\(Readable.bytes(bytesDone)) read" : "\(Readable.bytes(bytesDone)) of \(Readable.bytes(bytesTotal))"
    }

    private var rate: String? { bytesPerSecond.map(Readable.rate) }

    private var remaining: String? { secondsLeft.map { "\(Readable.duration(seconds: $0)) left" } }
}

extension ProgressText {
    /// Of an average that this process makes.
    init(_ progress: AveragingProgress) {
        self.init(
            fraction: progress.fraction,
            bytesDone: progress.bytesDone,
            bytesTotal: progress.bytesTotal,
            bytesPerSecond: progress.bytesPerSecond,
            secondsLeft: progress.secondsLeft,
            isFlushing: progress.phase == .flushing
        )
    }

    /// Of an average that a daemon makes.
    init(_ activity: StatusReport.Activity) {
        self.init(
            fraction: activity.fraction,
            bytesDone: activity.bytesDone,
            bytesTotal: activity.bytesTotal,
            bytesPerSecond: activity.bytesPerSecond,
            secondsLeft: activity.secondsLeft,
            isFlushing: activity.isFlushing
        )
    }
}
