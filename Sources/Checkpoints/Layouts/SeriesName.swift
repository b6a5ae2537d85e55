/// The name of a file of a series, taken apart into its number and the rest.
struct SeriesName: Equatable {
    /// The number.
    let step: Step
    /// The name with `*` for the number, for every other number that a word says counts progress, and for metrics.
    let pattern: String
    /// The name with `*` for every number.
    let skeleton: String
    /// Whether a word before the number says that it counts steps, iterations or epochs.
    let hasKeyword: Bool
    /// Whether a word says that only the best are kept, or averages, beside a series of all most likely.
    let isSelected: Bool

    /// Suffixes of safetensors files.
    static let safetensorsSuffixes = [".safetensors"]
    /// Suffixes that people give to files of `torch.save`, longer ones first.
    static let torchSuffixes = [".pth.tar", ".pt.tar", ".pt", ".pth", ".ckpt", ".bin"]

    /// Short ones count only as whole words.
    private static let keywords = [
        "step", "iteration", "iter", "it", "i", "epoch", "ep", "e", "checkpoint", "ckpt",
    ]
    /// Words before numbers that measure a model and order nothing.
    private static let metricWords = [
        "loss", "acc", "accuracy", "lr", "ppl", "map", "iou", "miou", "bleu", "wer", "cer", "score", "auc", "psnr",
        "ssim",
        "fid", "err", "error", "val", "rmse", "mse", "mae", "f", "top",
    ]
    /// Words before numbers that count the parts of one model: ranks of Megatron and DeepSpeed, LLaMA's parts.
    private static let partWords: Set = ["rank", "shard", "part", "consolidated", "of", "mp", "tp", "pp", "dp"]

    /// Reads a file name; nil where it is not a step's: another suffix, a shard, an alias, a trainer's state, no number.
    init?(parsing fileName: String, suffixes: [String]) {
        guard let suffix = suffixes.first(where: fileName.hasSuffix), !ModelDirectory.isShardName(fileName) else {
            return nil
        }
        let stem = Substring(fileName.dropLast(suffix.count))
        let words = stem.lowercased().split { !$0.isLetter }
        guard !Self.isState(words), !words.contains("last"), !words.contains("latest"),
            !words.contains("recovery")
        else { return nil }
        let numbers = Self.numbers(in: stem)
        let before = numbers.map { PrecedingText(stem[..<$0.startIndex]) }
        let whole = numbers.indices.filter { !numbers[$0].contains(".") }
        let counting = whole.filter { index in !Self.metricWords.contains { before[index].ends(with: $0) } }
        let integers = counting.isEmpty ? whole : counting
        // `epoch=3-step=1000` counts in steps, so the first keyword of the list that any number has decides.
        let worded = Self.keywords.lazy.compactMap { keyword in
            integers.last { before[$0].ends(with: keyword) }
        }.first
        guard let place = worded ?? integers.last, let step = Step(digits: numbers[place]) else { return nil }
        if worded == nil, Self.countsParts(numbers[place], in: stem) { return nil }
        self.step = step
        hasKeyword = worded != nil
        isSelected = words.contains("best") || words.contains("ema")
        let open = numbers.indices.filter { index in
            index == place || Self.isOpen(numbers[index], before[index], in: stem, words: words)
        }
        pattern = Self.pattern(stem, without: open.map { numbers[$0] }) + suffix
        skeleton = Self.pattern(stem, without: numbers) + suffix
    }

    private static func pattern(_ stem: Substring, without numbers: [Substring]) -> String {
        var pattern = ""
        var position = stem.startIndex
        for number in numbers {
            pattern += "\(stem[position..<number.startIndex])*"
            position = number.endIndex
        }
        return "\(pattern)\(stem[position...])"
    }

    /// Whether another number than the step differs from file to file, too: one that a keyword names, a metric, and any
    /// where there are only numbers, as in `03-1000`.
    private static func isOpen(
        _ number: Substring,
        _ before: PrecedingText,
        in stem: Substring,
        words: [Substring]
    ) -> Bool {
        if number.contains(".") { return stem[..<number.startIndex].last?.isLetter != true }
        return words.isEmpty || keywords.contains { before.ends(with: $0) }
    }

    /// Whether a word before a number says that it counts the parts of one model.
    private static func countsParts(_ number: Substring, in stem: Substring) -> Bool {
        let words = stem[..<number.startIndex].lowercased().split { !$0.isLetter }
        return words.last.map { partWords.contains(String($0)) } ?? false
    }

    /// Runs of digits, and fractions such as `0.12` as one.
    private static func numbers(in stem: Substring) -> [Substring] {
        stem.split { !isDigit($0) && $0 != "." }.compactMap { part in
            guard let first = part.firstIndex(where: isDigit), let last = part.lastIndex(where: isDigit) else {
                return nil
            }
            return part[first...last]
        }
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character)
    }

    /// Whether the words are those of an optimizer's, a scheduler's or a random generator's state.
    private static func isState(_ words: [Substring]) -> Bool {
        words.contains { $0.hasPrefix("optim") || $0.hasPrefix("scheduler") }
            || words.starts(with: ["training", "args"])
            || words.first.map { $0.hasPrefix("rng") || $0.hasPrefix("random") } == true
    }
}
