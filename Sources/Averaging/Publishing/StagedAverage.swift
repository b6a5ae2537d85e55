import Checkpoints
import FoundationEssentials
package import LinuxSystem
package import SystemPackage

/// Makes an average in a private place: weights, companions and manifest, complete and durable, seen by nobody.
package struct StagedAverage: Sendable {
    /// The name of the directory in which it is made.
    package static let directoryName = "average"

    /// The directory that holds what is to be published, under the names that it will have.
    package let directory: FilePath
    /// The name that the average will have.
    package let outputName: String
    /// The manifest that was written.
    package let manifest: AverageManifest
    /// Where that directory is; held because `directory` may be a path through its descriptor.
    let place: HeldDirectory

    /// Carries out a plan in a directory of `place`, which is emptied first and removed again where the plan fails.
    ///
    /// - Parameters:
    ///   - name: the name of that directory.
    ///   - outputName: the name that the average will have; its parent's name is the caller's business.
    ///   - format: what the average is written as.
    ///   - sequence: its number among the averages of its recipe; nil for one made by hand.
    ///   - program: name and version for the manifest.
    ///   - space: what the average may take; without one, all that there is.
    package static func make(
        _ plan: AveragingPlan,
        in place: HeldDirectory,
        name: String = directoryName,
        outputName: String,
        format: OutputFormat = .same,
        sequence: Int? = nil,
        averager: Averager,
        control: AveragingControl,
        program: String,
        space: SpaceBudget? = nil
    ) throws(AveragingError) -> StagedAverage {
        let directory = place.anchor.appending(name)
        let space = space ?? SpaceBudget(for: plan, format: format, at: place.path, reserve: 0)
        do {
            try Publication.removeTree(directory)
            try Publication.makeDirectories(directory)
            let manifest = try write(
                plan,
                in: directory,
                outputName: outputName,
                format: format,
                sequence: sequence,
                averager: averager,
                control: control,
                program: program,
                space: space
            )
            let modes = try StagedModes(plan.window)
            for entry in try DirectoryListing.entries(of: directory) {
                try modes.apply(at: directory.appending(entry.name))
            }
            try Publication.synchronizeTree(directory)
            return StagedAverage(directory: directory, outputName: outputName, manifest: manifest, place: place)
        } catch {
            // What cannot be removed now is removed at the next start; the first error is the one to tell.
            try? Publication.removeTree(directory)
            switch error {
            case let error as AveragingError: throw space.explain(error)
            case let error as SystemCallError: throw space.explain(.system(error))
            default: throw .unreadable(problem: "\(error)")
            }
        }
    }

    private static func write(
        _ plan: AveragingPlan,
        in directory: FilePath,
        outputName: String,
        format: OutputFormat,
        sequence: Int?,
        averager: Averager,
        control: AveragingControl,
        program: String,
        space: SpaceBudget
    ) throws -> AverageManifest {
        let newest = plan.newest
        let isDirectory = newest.candidate.unit == .directory
        let root = isDirectory ? directory.appending(outputName) : directory
        let start = ContinuousClock.now
        let isExported = format == .safetensors && SafetensorsExport.isNeeded(for: newest)
        let export = isExported ? try SafetensorsExport(of: newest) : nil
        let outcome = try averager.run(plan, into: root, control: control, space: space)
        let exported = try export?.replace(AverageManifest.files(of: plan, outcome), below: root)
        let written = exported?[0].path ?? newest.name
        if !isDirectory && outputName != written {
            try Publication.publish(staged: root.appending(written), as: root.appending(outputName))
        }
        // The manifest of an average that is averaged again tells of other members.
        for companion in newest.companions where companion.relativePath != AverageManifest.fileName {
            let destination = root.appending(companion.relativePath)
            try Publication.makeDirectories(destination.removingLastComponent())
            if let (name, bytes) = try export?.replacement(for: companion, files: exported ?? []) {
                try ManifestFile.write(bytes, to: root.appending(name))
            } else {
                try Publication.copyFile(
                    newest.candidate.path(of: companion),
                    to: destination,
                    expected: FileIdentity(companion.fingerprint)
                )
            }
        }
        var manifest = AverageManifest(
            plan: plan,
            outcome: outcome,
            duration: ContinuousClock.now - start,
            created: Date.now,
            program: program
        )
        manifest.format = format
        manifest.sequence = sequence
        if let exported {
            manifest.files = exported
            manifest.bytesWritten = exported.reduce(newest.companionByteCount) { $0 + $1.size }
        }
        if !isDirectory { manifest.files[0].path = outputName }
        let manifestPath = ManifestFile.path(of: directory.appending(outputName), unit: newest.candidate.unit)
        try ManifestFile.write(ManifestFile.encode(manifest), to: manifestPath)
        return manifest
    }
}
