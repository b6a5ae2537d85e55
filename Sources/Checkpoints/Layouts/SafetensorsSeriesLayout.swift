package import LinuxSystem
package import SystemPackage

/// A series of single `.safetensors` files that differ in one number: `step_100.safetensors`,
/// `style-step00000500.safetensors` (kohya), `0000100_adapters.safetensors` (mlx-lm).
package struct SafetensorsSeriesLayout: TrainerLayout {
    package let name = "safetensors-series"
    package let summary = "single files with a step in the name, <name><step>.safetensors"

    package init() {}

    /// The files of the one series in the directory.
    ///
    /// Where names of several patterns lie side by side, one with a word for a step in it wins over one without, then
    /// the longer series; numbers of different patterns are never mixed, for they count different things.
    package func candidates(in directory: FilePath, entries: [DirectoryEntry]) -> [CheckpointCandidate] {
        var series: [String: [(name: SeriesName, entry: DirectoryEntry)]] = [:]
        for entry in entries where entry.kind == .regular {
            guard let name = SeriesName(parsing: entry.name) else { continue }
            series[name.pattern, default: []].append((name, entry))
        }
        let chosen = series.max { left, right in
            let leftRank = (left.value[0].name.hasKeyword ? 1 : 0, left.value.count)
            let rightRank = (right.value[0].name.hasKeyword ? 1 : 0, right.value.count)
            return leftRank == rightRank ? left.key > right.key : leftRank < rightRank
        }
        return (chosen?.value ?? []).map { name, entry in
            CheckpointCandidate(
                name: entry.name,
                step: name.step,
                unit: .file,
                path: directory.appending(entry.name)
            )
        }
    }

    package func selection(from files: [String], of candidate: CheckpointCandidate) -> CheckpointSelection {
        var selection = CheckpointSelection()
        selection.weights = files
        return selection
    }
}

/// The name of a file of a series, taken apart into its number and the rest.
struct SeriesName: Equatable {
    /// The number.
    let step: Step
    /// The name with `*` for the number, and for every other number that a word says counts progress.
    let pattern: String
    /// Whether a word before the number says that it counts steps, iterations or epochs.
    let hasKeyword: Bool

    private static let suffix = ".safetensors"
    private static let keywords = ["step", "iteration", "iter", "epoch", "checkpoint", "ckpt"]

    /// Reads a file name; nil where it is not a step's: another suffix, a hidden or temporary file, a shard, no number.
    init?(parsing fileName: String) {
        guard fileName.hasSuffix(Self.suffix), !fileName.hasPrefix("."), !ModelDirectory.isShardName(fileName) else {
            return nil
        }
        let stem = Substring(fileName.dropLast(Self.suffix.count))
        let numbers = Self.numbers(in: stem)
        // `epoch=3-step=1000` counts in steps, so the first keyword of the list that any number has decides.
        let worded = Self.keywords.lazy.compactMap { keyword in
            numbers.last { Self.ends(stem[..<$0.startIndex], with: keyword) }
        }.first
        guard let digits = worded ?? numbers.last, let step = Step(digits: digits) else { return nil }
        self.step = step
        hasKeyword = worded != nil
        pattern = Self.pattern(stem, without: hasKeyword ? numbers.filter { Self.isWorded($0, in: stem) } : [digits])
    }

    private static func pattern(_ stem: Substring, without numbers: [Substring]) -> String {
        var pattern = ""
        var position = stem.startIndex
        for number in numbers {
            pattern += "\(stem[position..<number.startIndex])*"
            position = number.endIndex
        }
        return "\(pattern)\(stem[position...])\(suffix)"
    }

    private static func isWorded(_ number: Substring, in stem: Substring) -> Bool {
        keywords.contains { ends(stem[..<number.startIndex], with: $0) }
    }

    private static func numbers(in stem: Substring) -> [Substring] {
        stem.split { !("0"..."9").contains($0) }
    }

    private static func ends(_ text: Substring, with keyword: String) -> Bool {
        var text = text
        while let last = text.last, "=-_.".contains(last) { text.removeLast() }
        return text.lowercased().hasSuffix(keyword)
    }
}
