package import LinuxSystem
package import SystemPackage

/// The layouts that are known, and the choice among them.
package enum TrainerLayouts {
    /// Every layout, in the order in which they are listed to people.
    package static let all: [any TrainerLayout] = [HuggingFaceLayout(), SafetensorsSeriesLayout()]

    /// The configuration's word for "find out yourself".
    package static let automaticName = "auto"

    /// The layout of a name.
    package static func named(_ name: String) -> (any TrainerLayout)? {
        all.first { $0.name == name }
    }

    /// What a look at a directory tells about its layout.
    package enum Detection: Sendable {
        case layout(any TrainerLayout)
        /// Nothing in the directory is named like a checkpoint yet.
        case nothingYet
        /// Several layouts fit; the operator has to say which.
        case ambiguous([String])
    }

    /// Recognises the layout of a directory by the names of its entries.
    package static func detect(in directory: FilePath, entries: [DirectoryEntry]) -> Detection {
        let fitting = all.filter { !$0.candidates(in: directory, entries: entries).isEmpty }
        return switch fitting.count {
        case 0: .nothingYet
        case 1: .layout(fitting[0])
        default: .ambiguous(fitting.map(\.name))
        }
    }
}
