import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A directory of empty files and of directories, which is what layouts and their detection see.
enum LayoutListing {
    /// Makes files and directories; a name that ends in "/" becomes a directory, one with "/" inside a file in one.
    static func fill(_ directory: FilePath, _ names: [String]) throws {
        for name in names {
            let path = directory.pushing(FilePath(name))
            if name.hasSuffix("/") {
                try Publication.makeDirectories(path)
            } else {
                try Publication.makeDirectories(path.removingLastComponent())
                try Fixture.write([], to: path)
            }
        }
    }

    /// What a layout finds among real files.
    static func candidates(_ layout: any TrainerLayout, among names: [String]) throws -> [CheckpointCandidate] {
        try withTemporaryDirectory { directory in
            try fill(directory, names)
            return layout.candidates(in: directory, entries: try DirectoryListing.entries(of: directory))
        }
    }

    /// Names and steps of what a layout finds among real files.
    static func steps(_ layout: String, among names: [String]) throws -> [String: Int] {
        let layout = try #require(TrainerLayouts.named(layout))
        let found = try candidates(layout, among: names)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.step.value) })
    }

    /// What detection says: a layout's name, "nothing yet", or the names that it cannot decide between.
    static func detect(_ names: [String]) throws -> String {
        try withTemporaryDirectory { directory in
            try fill(directory, names)
            return try detect(in: directory)
        }
    }

    static func detect(in directory: FilePath) throws -> String {
        switch TrainerLayouts.detect(in: directory, entries: try DirectoryListing.entries(of: directory)) {
        case .layout(let layout): layout.name
        case .nothingYet(let undecided):
            (["nothing yet"] + undecided.compactMap(\.lastComponent?.string)).joined(separator: " ")
        case .ambiguous(let names), .severalSeries(let names): names.joined(separator: " or ")
        }
    }
}
