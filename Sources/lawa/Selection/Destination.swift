import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage

/// Where an average by hand goes: a place where nothing is yet.
struct Destination {
    /// The average itself.
    let path: FilePath
    /// Its name.
    let name: String
    private let parent: FilePath
    private let isFile: Bool

    /// Checks a place for the average of members like `newest`.
    ///
    /// Where the members are files, an existing directory stands for the newest member's name in it.
    init(_ output: FilePath, newest: Checkpoint, format: OutputFormat) throws(Failure) {
        if format == .safetensors, let refusal = SafetensorsExport.refusal(for: newest) {
            throw Failure(.badInput, "\(refusal)")
        }
        var path = HostProcess.absolute(output)
        isFile = newest.candidate.unit == .file
        do {
            if isFile, try FileStatus.ifPresent(path)?.kind == .directory {
                path.append(Self.name(for: newest, format))
            }
        } catch {
            throw Failure(writing: path, error)
        }
        guard let name = path.lastComponent?.string else {
            throw Failure(.cannotWrite, "cannot write \"\(path)\": it has no name; choose a path below it")
        }
        self.path = path
        self.name = name
        parent = path.removingLastComponent()
        try requireParent()
        try requireAbsent()
    }

    private static func name(for newest: Checkpoint, _ format: OutputFormat) -> String {
        let isExported = format == .safetensors && SafetensorsExport.isNeeded(for: newest)
        return isExported ? ExportName.safetensors(for: newest.name) : newest.name
    }

    /// The manifest beside a file; a directory has it inside.
    private var manifest: FilePath? { isFile ? parent.appending(name + AverageManifest.fileSuffix) : nil }

    /// Makes the private directory beside it in which the average is made, so that it can be renamed into place.
    ///
    /// It is locked for as long as this process makes the average. One that nobody has locked was left by a process that
    /// was killed, and is removed first.
    func makeStaging() throws -> HeldDirectory {
        do {
            let directory = try HeldDirectory(parent)
            try Self.removeAbandoned(in: directory)
            defer { directory.keep() }
            let name = "\(Self.stagingPrefix)\(HostProcess.identifier)"
            while true {
                let staging = try directory.makeDirectory(name, mode: 0o700)
                // Before it was locked another process may have taken it for an abandoned one. Where directories cannot be
                // locked, none is taken for that.
                let isLocked = (try? staging.lock()) ?? true
                if isLocked, try directory.directory(name)?.identity == staging.identity { return staging }
            }
        } catch {
            throw Failure(writing: path, error)
        }
    }

    private static let stagingPrefix = ".lawa-average-"

    private static func removeAbandoned(in directory: HeldDirectory) throws(SystemCallError) {
        for entry in try DirectoryListing.entries(of: directory.anchor)
        where entry.kind == .directory && entry.name.hasPrefix(stagingPrefix) {
            let path = directory.anchor.appending(entry.name)
            // Somebody else's is left alone.
            guard let status = try? FileStatus.of(path, followSymlinks: false),
                status.owner == HostProcess.effectiveUser,
                let left = try? directory.directory(entry.name), (try? left.lock()) == true
            else { continue }
            try? Publication.removeTree(path)
        }
    }

    /// Gives a staged average its name; where that fails nothing of it stays.
    func publish(_ staged: StagedAverage) throws {
        do {
            try requireAbsent()
            let directory = try HeldDirectory(parent)
            defer { directory.keep() }
            try AveragePublication.publish(staged, in: directory.anchor)
            do {
                try Publication.synchronizeDirectory(directory.anchor)
            } catch {
                Console.complain("note: \"\(path)\" is written but may be lost if the machine fails now: \(error)")
            }
        } catch {
            throw Failure(writing: path, error)
        }
    }

    private func requireAbsent() throws(Failure) {
        for taken in [path, manifest].compactMap(\.self) {
            do {
                guard try FileStatus.ifPresent(taken, followSymlinks: false) != nil else { continue }
            } catch {
                throw Failure(writing: path, error)
            }
            let subject = taken == path ? "it" : "\"\(taken)\""
            throw Failure(
                .cannotWrite,
                "cannot write \"\(path)\": \(subject) exists already; "
                    + "choose another --output, or remove what is there"
            )
        }
    }

    private func requireParent() throws(Failure) {
        do {
            guard try FileStatus.ifPresent(parent)?.kind != .directory else { return }
        } catch {
            throw Failure(writing: path, error)
        }
        throw Failure(
            .cannotWrite,
            "cannot write \"\(path)\": \"\(parent)\" is no directory; make it with `mkdir -p`, "
                + "or choose another --output"
        )
    }
}
