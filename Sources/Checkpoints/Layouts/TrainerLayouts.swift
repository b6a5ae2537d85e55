package import LinuxSystem
package import SystemPackage

/// The layouts that are known, and the choice among them.
package enum TrainerLayouts {
    /// Every layout, in the order in which they are listed to people: named ones first, series of any program last.
    package static let all: [any TrainerLayout] = [
        HuggingFaceLayout(), DiffusersLayout(), AccelerateLayout(), ModelDirectoriesLayout(), LightningLayout(),
        NanoGPTLayout(), NanochatLayout(), TimmLayout(), FairseqLayout(), IcefallLayout(), WenetLayout(),
        ComposerLayout(), UltralyticsLayout(), KohyaLayout(), SafetensorsSeriesLayout(), TorchSeriesLayout(),
        TorchInPlaceLayout(),
    ]

    /// The configuration's word for "find out yourself".
    package static let automaticName = "auto"

    /// The layout of a name.
    package static func named(_ name: String) -> (any TrainerLayout)? {
        all.first { $0.name == name }
    }

    /// What a look at a directory tells about its layout.
    package enum Detection: Sendable {
        case layout(any TrainerLayout)
        /// Nothing tells the layout yet. Inside the `undecided` directories, which are named as several layouts name
        /// theirs, lies nothing of a model so far; what comes into them will tell.
        case nothingYet(undecided: [FilePath])
        /// Several layouts fit equally; the operator has to say which.
        case ambiguous([String])
        /// Several series of files lie side by side, and any of them could be the run.
        case severalSeries([String])
    }

    /// Recognises the layout of a directory by the names of its entries, and by what lies in the newest of them.
    package static func detect(in directory: FilePath, entries: [DirectoryEntry]) -> Detection {
        let names = Set(entries.map(\.name))
        var listings: [FilePath: [String]] = [:]
        func files(_ candidate: CheckpointCandidate) -> [String] {
            if candidate.unit == .file { return [candidate.name] + candidate.siblings.filter(names.contains) }
            if let known = listings[candidate.path] { return known }
            // What cannot be listed tells nothing; that it cannot is told when it is inspected.
            let found = (try? CandidateFiles(of: candidate))?.files.map(\.relativePath) ?? []
            listings[candidate.path] = found
            return found
        }
        var best: [(layout: any TrainerLayout, candidates: [CheckpointCandidate])] = []
        var bestFit = LayoutFit.none
        for layout in all {
            let candidates = layout.candidates(in: directory, entries: entries)
            let fit = candidates.isEmpty ? .none : layout.fit(candidates, files: files)
            if fit > bestFit { (best, bestFit) = ([], fit) }
            if fit == bestFit && fit > .none { best.append((layout, candidates)) }
        }
        switch best.count {
        case 0: return .nothingYet(undecided: [])
        case 1:
            let rivals = best[0].layout.rivals(among: entries)
            return rivals.isEmpty ? .layout(best[0].layout) : .severalSeries(rivals)
        default:
            // Directories share their names; files do not.
            let candidates = best.flatMap(\.candidates)
            guard bestFit == .named, candidates.allSatisfy({ $0.unit == .directory }) else {
                return .ambiguous(best.map(\.layout.name))
            }
            return .nothingYet(undecided: DirectorySigns.newest(candidates).map(\.path))
        }
    }
}
