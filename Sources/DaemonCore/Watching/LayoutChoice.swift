import Checkpoints
import LinuxSystem
import SystemPackage

/// Finds the layout by which a directory is read.
struct LayoutChoice {
    let configuration: Configuration
    /// Where pins are, which outlive a directory that the trainer emptied.
    let pins: FilePath
    /// Why none is chosen although checkpoints may be there.
    private(set) var problem: String?

    init(configuration: Configuration, pins: FilePath) {
        self.configuration = configuration
        self.pins = pins
    }

    /// The layout of a directory with these entries; nil where nothing tells it yet, or several fit.
    mutating func layout(for entries: [DirectoryEntry], watches: inout WatchSet?) -> (any TrainerLayout)? {
        if let layout = TrainerLayouts.named(configuration.layout) {
            let rivals = layout.rivals(among: entries)
            return rivals.isEmpty ? layout : none(of: rivals)
        }
        var detection = TrainerLayouts.detect(in: configuration.watch, entries: entries)
        if case .nothingYet(let undecided) = detection {
            if let layout = pinnedLayout { return layout }
            if !undecided.isEmpty {
                _ = watches?.watchOnly(undecided)
                // What came into them before they were watched gave no event.
                detection = TrainerLayouts.detect(in: configuration.watch, entries: entries)
            }
        }
        switch detection {
        case .layout(let layout): return layout
        case .nothingYet: return nil
        case .severalSeries(let patterns): return none(of: patterns)
        case .ambiguous(let names):
            let list = names.map { "\"\($0)\"" }.joined(separator: " and ")
            problem = "the layouts \(list) both fit \"\(configuration.watch)\"; set \"layout\" to one of them"
            return nil
        }
    }

    /// No layout, because several series could be the run.
    private mutating func none(of patterns: [String]) -> (any TrainerLayout)? {
        let list = patterns.map { "\"\($0)\"" }.joined(separator: " and ")
        problem =
            "the series \(list) lie side by side in \"\(configuration.watch)\" and each could be the run; "
            + "save them in directories of their own"
        return nil
    }

    private var pinnedLayout: (any TrainerLayout)? {
        guard let entries = try? DirectoryListing.entries(of: pins),
            case .layout(let layout) = TrainerLayouts.detect(in: pins, entries: entries)
        else { return nil }
        return layout
    }
}
