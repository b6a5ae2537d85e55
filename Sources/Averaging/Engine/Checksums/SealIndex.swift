import TensorFormats

/// Finds the seals of files by place, and gives the seals of all files consecutive numbers.
struct SealIndex: Sendable {
    private let seals: [[ByteSeal]]
    /// By file, how many seals those before it have.
    private let firstNumbers: [Int]
    /// The number of seals of all files.
    let count: Int

    init(_ seals: [[ByteSeal]]) {
        self.seals = seals
        var firstNumbers: [Int] = []
        var count = 0
        for file in seals {
            firstNumbers.append(count)
            count += file.count
        }
        self.firstNumbers = firstNumbers
        self.count = count
    }

    /// The number of files.
    var fileCount: Int { seals.count }

    /// The number of a seal of a file.
    func number(_ seal: Int, file: Int) -> Int {
        firstNumbers[file] + seal
    }

    /// The file of a numbered seal, and the seal.
    func seal(number: Int) -> (file: Int, seal: ByteSeal) {
        let file = firstNumbers.partitioningIndex { $0 > number } - 1
        return (file, seals[file][number - firstNumbers[file]])
    }

    /// Calls for each sealed part of a range of a file with the seal's number, the part, and where the seal begins.
    func forEachPart(
        of range: Range<Int>,
        file: Int,
        _ body: (_ number: Int, _ part: Range<Int>, _ sealStart: Int) -> Void
    ) {
        let seals = seals[file]
        guard !seals.isEmpty else { return }
        var index = seals.partitioningIndex { $0.range.upperBound > range.lowerBound }
        while index < seals.count, seals[index].range.lowerBound < range.upperBound {
            body(number(index, file: file), seals[index].range.clamped(to: range), seals[index].range.lowerBound)
            index += 1
        }
    }
}
