import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import SystemPackage

/// Looks at a run and its machine; it only reads.
struct SetupLook {
    let request: SetupRequest

    /// Enough to tell a run; what is older says nothing new.
    private static let newestCount = 20

    /// What there is; throws `Failure` where the directory cannot be a run.
    func findings() throws -> SetupFindings {
        let watch = request.watch
        try refuseWhatIsNoRun()
        guard let nearest = PathFacts.nearest(to: watch),
            let outputParent = PathFacts.nearest(to: request.averages.removingLastComponent())
        else { throw Failure(.badInput, "nothing of \"\(watch)\" exists or may be looked at; check the path") }
        let settings = SetupPlaces.settings
        let configurations = try SetupPlaces.configurations(request.scope, settings: settings)
        var findings = SetupFindings(
            directory: PathFacts(of: watch),
            nearest: nearest,
            output: PathFacts(of: request.averages),
            outputParent: outputParent,
            resolved: (SymbolicLink.resolved(watch), SymbolicLink.resolved(request.averages)),
            configurations: configurations
        )
        findings.isHidden = isHidden(watch)
        if findings.directory != nil { lookIn(&findings) }
        lookAtDisks(&findings)
        lookAtFiles(&findings, settings: settings)
        return findings
    }

    private func refuseWhatIsNoRun() throws {
        // Where links lead goes into the drop-in too, and others than root may have made them.
        let places = [request.watch, request.averages].flatMap { [$0, SymbolicLink.resolved($0)] }
        for path in places {
            guard String(validating: path) != nil, !path.string.unicodeScalars.contains(where: Self.isControl) else {
                throw Failure(.badInput, "\"\(path)\" is no path for a configuration: it has bytes that are no text")
            }
        }
        let watch = request.watch
        guard watch.lastComponent != nil else {
            throw Failure(.badInput, "\"/\" is no run; give the directory in which the trainer saves")
        }
        if let kind = try? FileStatus.ifPresent(watch)?.kind, kind != .directory {
            throw Failure(
                .badInput,
                "\"\(watch)\" is a \(kind.rawValue); give the directory in which the trainer saves"
            )
        }
        let isInside = [request.averages, SymbolicLink.resolved(request.averages)].contains { output in
            output.starts(with: watch) || output.starts(with: SymbolicLink.resolved(watch))
        }
        guard !isInside else {
            throw Failure(
                .usage,
                "the output \"\(request.averages)\" lies in the run; choose one outside with --output"
            )
        }
        try refuseOwnPlaces(watch)
        try refuseOutput(watch)
    }

    /// What the daemon writes to and empties is no run, by its name or by where links lead.
    private func refuseOwnPlaces(_ watch: FilePath) throws {
        let ends = [watch, SymbolicLink.resolved(watch)]
        for name in [AverageStore.privateName, ConfigurationText.recipe] {
            let place = request.averages.appending(name)
            for own in [place, SymbolicLink.resolved(place)] where ends.contains(where: { $0.starts(with: own) }) {
                throw Failure(
                    .usage,
                    "\"\(watch)\" lies in \"\(place)\", where lawad would write and remove; choose another --output"
                )
            }
        }
    }

    private func isHidden(_ path: FilePath) -> Bool {
        do {
            _ = try FileStatus.ifPresent(path)
            return false
        } catch {
            return true
        }
    }

    private func refuseOutput(_ watch: FilePath) throws {
        let signs = [watch, watch.removingLastComponent()].map { $0.appending(".lawad") }
        let entries = (try? DirectoryListing.entries(of: watch)) ?? []
        guard isAverages(entries, in: watch) || signs.contains(where: Self.exists) else { return }
        throw Failure(
            .badInput,
            "\"\(watch)\" holds averages that lawad wrote; give the directory in which the trainer saves"
        )
    }

    // One that somebody made by hand beside the checkpoints is no sign yet.
    private func isAverages(_ entries: [DirectoryEntry], in watch: FilePath) -> Bool {
        let names = Set(entries.map(\.name))
        if names.contains(AverageSign.fileName) { return true }
        let signed = entries.filter { $0.kind == .directory || $0.kind == .regular && !$0.name.hasSuffix(".json") }
            .map { entry in
                entry.kind == .directory
                    ? Self.exists(watch.appending(entry.name).appending(AverageSign.fileName))
                    : names.contains(entry.name + AverageSign.fileSuffix)
            }
        return !signed.isEmpty && signed.allSatisfy(\.self)
    }

    private func lookIn(_ findings: inout SetupFindings) {
        let watch = request.watch
        let entries: [DirectoryEntry]
        do {
            entries = try DirectoryListing.entries(of: watch)
        } catch {
            findings.layout = .unknown(problem: "\(error)")
            return
        }
        switch TrainerLayouts.detect(in: watch, entries: entries) {
        case .nothingYet:
            findings.isCheckpoint = (try? CheckpointOpener.open(watch, position: 0)) != nil
        case .ambiguous(let names): findings.layout = .several(names)
        case .severalSeries(let patterns): findings.layout = .series(patterns)
        case .layout(let layout):
            findings.layout = .recognised(layout.name)
            let candidates = layout.candidates(in: watch, entries: entries)
                .sorted { ($0.step, $0.name) < ($1.step, $1.name) }
            findings.saved = saved(candidates, layout)
            if let newest = candidates.last { lookAt(newest, layout, &findings) }
        }
    }

    private func saved(_ candidates: [CheckpointCandidate], _ layout: any TrainerLayout) -> SetupFindings.Saved {
        let newest = candidates.suffix(Self.newestCount)
        let inspector = CheckpointInspector(layout: layout)
        let results = newest.map { candidate in
            Result { () throws(Incompleteness) in
                try inspector.inspect(candidate, files: CandidateFiles(of: candidate)).get()
            }
        }
        let complete = results.compactMap { try? $0.get() }
        var problem: String?
        if case .failure(let reason)? = results.last { problem = "\(reason)" }
        return SetupFindings.Saved(
            count: candidates.count,
            lookedInto: newest.count,
            complete: complete.count,
            steps: complete.map(\.step.value).sorted(),
            problem: problem,
            byteCount: complete.last.map { $0.weightByteCount + $0.companionByteCount },
            isInPlace: candidates.contains(where: \.stepIsInside)
        )
    }

    private func lookAt(
        _ newest: CheckpointCandidate,
        _ layout: any TrainerLayout,
        _ findings: inout SetupFindings
    ) {
        if newest.unit == .directory { findings.newestDirectory = PathFacts(of: newest.path) }
        guard let files = try? CandidateFiles(of: newest) else { return }
        let selection = layout.selection(from: files.files.map(\.relativePath), of: newest)
        func facts(_ paths: [String]) -> [PathFacts] {
            paths.compactMap { files[$0] }.compactMap { PathFacts(of: newest.path(of: $0)) }
        }
        findings.newestWeights = facts(selection.weights)
        findings.newestCompanions = facts(selection.companions + selection.markers.map(\.path))
    }

    private func lookAtDisks(_ findings: inout SetupFindings) {
        let place = findings.nearest.end.path
        let output = (findings.output ?? findings.outputParent).end.path
        if let kind = try? FileSystem.kind(at: place) { findings.fileSystem = (kind.name, kind.tellsAllChanges) }
        let devices = [place, output].map { (try? FileStatus.of($0))?.device }
        findings.isOneFileSystem = devices[0] == devices[1]
        findings.free = (try? FileSystem.space(at: output))?.available
    }

    private func lookAtFiles(_ findings: inout SetupFindings, settings: FilePath?) {
        let configuration = SetupPlaces.configuration(request.instance, in: findings.configurations)
        let paths = request.scope == .system ? [configuration, SetupPlaces.dropIn(request.instance)] : [configuration]
        for path in paths where Self.exists(path) { findings.existing[path] = Self.bytes(path) }
        let instances = ConfiguredInstance.all(in: findings.configurations, manager: .system)
        findings.configured = Dictionary(
            instances.compactMap { instance in instance.watch.map { (instance.name, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        findings.place = PathFacts.nearest(to: findings.configurations)
        findings.hasUnit = SetupPlaces.units(request.scope, settings: settings)
            .contains { Self.exists($0.appending("lawad@.service")) }
        findings.schema = Self.exists(SetupPlaces.schema) ? SetupPlaces.schema : nil
    }

    private static func exists(_ path: FilePath) -> Bool {
        (try? FileStatus.ifPresent(path)) != nil
    }

    // What is there and cannot be read is something else than what would be written.
    private static func bytes(_ path: FilePath) -> [UInt8] {
        guard let file = try? File.openForReading(path), let size = try? file.status().size, size < 1 << 20 else {
            return []
        }
        return (try? file.readBytes(at: 0, count: size)) ?? []
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}
