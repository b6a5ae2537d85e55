/// The name of a file that Lightning's `ModelCheckpoint` saves, taken apart.
struct LightningName: Equatable {
    /// The name as it is.
    let fileName: String
    /// The number after `step=`.
    let step: Step?
    /// The number after `epoch=`.
    let epoch: Step?
    /// The number after the `-v` that tells files of one name apart; -1 where there is none.
    let version: Int

    private static let suffix = ".ckpt"

    /// Reads a file name; nil for another suffix, for an alias (`last.ckpt`) and for NeMo's averaged twin (`-EMA.ckpt`).
    init?(_ fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        var stem = fileName.dropLast(Self.suffix.count)
        let version = Self.version(of: stem)
        if let version { stem = version.stem }
        guard stem != "last", !stem.hasPrefix("last-"), !stem.hasSuffix("-last"), !stem.hasSuffix("-EMA") else {
            return nil
        }
        self.fileName = fileName
        self.version = version?.number ?? -1
        step = Self.integer(after: "step", in: stem)
        epoch = Self.integer(after: "epoch", in: stem)
    }

    /// The file that NeMo keeps beside this one for as long as it is not whole.
    var unfinishedName: String {
        "\(fileName.dropLast(Self.suffix.count))-unfinished"
    }

    private static func version(of stem: Substring) -> (stem: Substring, number: Int)? {
        guard let mark = stem.lastIndex(of: "v"), stem[..<mark].hasSuffix("-"),
            let number = Step(digits: stem[stem.index(after: mark)...])
        else { return nil }
        return (stem[..<mark].dropLast(), number.value)
    }

    /// The integer after `<key>=`.
    ///
    /// `train_loss_step=0.31` is a metric: a fraction never counts, and a key that is the end of a longer one only where
    /// there is none by itself.
    private static func integer(after key: String, in stem: Substring) -> Step? {
        var partOfLonger: Step?
        for mark in stem.indices where stem[mark] == "=" && stem[..<mark].hasSuffix(key) {
            let before = stem[..<mark].dropLast(key.count).last
            let value = stem[stem.index(after: mark)...]
            let digits = value.prefix { $0.isASCII && $0.isNumber }
            guard before?.isLetter != true, !isFraction(value.dropFirst(digits.count)), let step = Step(digits: digits)
            else { continue }
            if before != "_" { return step }
            partOfLonger = partOfLonger ?? step
        }
        return partOfLonger
    }

    private static func isFraction(_ text: Substring) -> Bool {
        text.first == "." && text.dropFirst().first?.isNumber == true
    }
}
