/// Reads many small ranges of a file, neighbours together, and skips what lies between distant ones.
///
/// The ranges that will be needed are known before; asking for them in ascending order reads each part of the file once.
struct BatchedReader<Source: ByteSource> {
    private let source: Source
    private let plan: [Range<Int>]
    private var nextPlanned = 0
    /// The bytes that were read last.
    private(set) var window: [UInt8] = []
    private var windowRange = 0..<0

    /// The most bytes that ranges are put together to.
    static var maximumWindowByteCount: Int { 256 << 10 }
    /// The most unwanted bytes that are read to save a read: from a disk, another read costs far more than they do.
    static var maximumGapByteCount: Int { 16 << 10 }

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - plan: The ranges that will be asked for, or that hold them, ascending by both bounds.
    init(_ source: Source, plan: [Range<Int>]) {
        self.source = source
        self.plan = plan
    }

    /// Makes a range available, and returns where in ``window`` it begins.
    mutating func bring(_ range: Range<Int>) throws -> Int {
        if !(windowRange.lowerBound <= range.lowerBound && range.upperBound <= windowRange.upperBound) {
            let readRange = plannedRange(holding: range)
            window = try source.bytes(at: readRange.lowerBound, count: readRange.count)
            windowRange = readRange
        }
        return range.lowerBound - windowRange.lowerBound
    }

    /// What to read: all planned ranges near the one that holds `range`, or `range` alone if it was not planned.
    private mutating func plannedRange(holding range: Range<Int>) -> Range<Int> {
        while nextPlanned < plan.count, plan[nextPlanned].upperBound < range.upperBound { nextPlanned += 1 }
        guard nextPlanned < plan.count, plan[nextPlanned].lowerBound <= range.lowerBound else { return range }
        let begin = plan[nextPlanned].lowerBound
        var end = plan[nextPlanned].upperBound
        while nextPlanned + 1 < plan.count {
            let next = plan[nextPlanned + 1]
            guard next.lowerBound - end <= Self.maximumGapByteCount,
                next.upperBound - begin <= Self.maximumWindowByteCount
            else { break }
            end = next.upperBound
            nextPlanned += 1
        }
        return begin..<end
    }
}
