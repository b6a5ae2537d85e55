package import Checkpoints
package import SystemPackage

/// An average that readers can see.
package struct PublishedAverage: Sendable {
    /// The directory or file.
    package let path: FilePath
    /// What it was made of.
    package let manifest: AverageManifest
    /// The version of the manifest's file that was read; nil where it was not read from a file.
    let version: FileFingerprint?

    package init(path: FilePath, manifest: AverageManifest) {
        self.init(path: path, manifest: manifest, version: nil)
    }

    init(path: FilePath, manifest: AverageManifest, version: FileFingerprint?) {
        self.path = path
        self.manifest = manifest
        self.version = version
    }

    /// The step of its newest member.
    package var step: Step { Step(manifest.step) }

    /// Orders by when they were published, which the sequence tells whatever the clock said.
    ///
    /// Averages of versions that numbered none are older than all others; among themselves their times have to do.
    package static func isOlder(_ left: PublishedAverage, than right: PublishedAverage) -> Bool {
        guard left.manifest.sequence == nil, right.manifest.sequence == nil else {
            return (left.manifest.sequence ?? 0, left.step) < (right.manifest.sequence ?? 0, right.step)
        }
        return (left.manifest.created, left.step) < (right.manifest.created, right.step)
    }
}

extension [PublishedAverage] {
    /// The same in ascending order of steps.
    package var inOrderOfSteps: [PublishedAverage] {
        sorted { ($0.step, $0.manifest.name) < ($1.step, $1.manifest.name) }
    }

    /// The average published last, at which `latest` points.
    package var latest: PublishedAverage? { self.max(by: PublishedAverage.isOlder) }

    /// The number of the next average of the recipe whose averages these are, from 1.
    package var nextSequence: Int {
        Swift.min(1 + (compactMap(\.manifest.sequence).max() ?? 0), AverageManifest.highestSequence)
    }
}
