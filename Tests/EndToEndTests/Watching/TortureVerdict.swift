import FoundationEssentials
import LinuxSystem
import SystemPackage
import TestSupport

/// What is wrong in an output after torture.
struct TortureVerdict {
    private struct Manifest: Decodable {
        struct Member: Decodable {
            var step: Int
        }
        var members: [Member]
    }

    private let place: DaemonPlace
    private let windowSize: Int
    /// Averages that were found right, by name and inode of the manifest.
    private var checked: [String: UInt64] = [:]

    init(_ place: DaemonPlace, windowSize: Int) {
        self.place = place
        self.windowSize = windowSize
    }

    /// How many averages were held against what was saved.
    private(set) var averageCount = 0

    /// Everything that is wrong at rest: no daemon runs, and the last one had nothing left to do.
    mutating func faults(_ trainer: TortureTrainer) throws -> [String] {
        let names = try place.averageNames
        var faults: [String] = []
        let averages = names.filter { !$0.hasSuffix(".lawa.json") }
        for name in averages {
            if let fault = try fault(of: name, trainer) { faults.append("\(name): \(fault)") }
        }
        for name in names where name.hasSuffix(".lawa.json") && !averages.contains(String(name.dropLast(10))) {
            faults.append("\(name) describes nothing")
        }
        if !(try DaemonPlace.names(in: place.staging).isEmpty) { faults.append("something is left in staging") }
        let own = Set(try DaemonPlace.names(in: place.output.appending(".lawad")))
        if !own.isSubset(of: ["lock", "pin-records", "pins", "staging"]) { faults.append("strange files: \(own)") }
        return try faults + newestFaults(trainer) + pinFaults(trainer)
    }

    /// The newest window that the directory holds has its average, of exactly what is there now.
    ///
    /// Where the run went back, it is a matter of milliseconds what belongs to the window.
    private func newestFaults(_ trainer: TortureTrainer) throws -> [String] {
        let pinned = try pinnedSteps(trainer)
        let steps = trainer.history.present.union(pinned).sorted()
        guard let newest = steps.last, steps.count >= windowSize,
            trainer.history.areOfOneCourse(steps.suffix(windowSize))
        else { return [] }
        let name = trainer.name(newest)
        guard try FileStatus.ifPresent(place.averages.appending(name)) != nil else {
            return ["there are \(steps), but no average \(name)"]
        }
        let members = try manifest(of: name, trainer).members.map(\.step)
        var faults: [String] = []
        if members != Array(steps.suffix(windowSize)) { faults.append("\(name) is of \(members), not of \(steps)") }
        let present = members.map { trainer.history.current($0) }
        if !present.contains(nil), try !isMean(of: present.compactMap(\.self), name, trainer) {
            faults.append("\(name) is not of what is there now")
        }
        let link = try SymbolicLink.target(of: place.latest).string
        if link != name { faults.append("latest leads to \(link), not to \(name)") }
        return faults
    }

    private func pinFaults(_ trainer: TortureTrainer) throws -> [String] {
        let pinned = try pinnedSteps(trainer).sorted()
        return pinned.count > windowSize ? ["there are pins of \(pinned)"] : []
    }

    private func pinnedSteps(_ trainer: TortureTrainer) throws -> Set<Int> {
        Set(try DaemonPlace.names(in: place.pins).compactMap { name in Int(name.filter(\.isNumber)) })
    }

    private mutating func fault(of name: String, _ trainer: TortureTrainer) throws -> String? {
        guard let status = try FileStatus.ifPresent(manifestPath(of: name, trainer)) else { return "no manifest" }
        guard checked[name] != status.inode else { return nil }
        averageCount += 1
        let steps = try manifest(of: name, trainer).members.map(\.step)
        guard steps.count == windowSize, steps == Set(steps).sorted(), steps.last.map(trainer.name) == name else {
            return "its members are \(steps)"
        }
        let isRight = try trainer.history.possibleMembers(steps).contains { try isMean(of: $0, name, trainer) }
        guard isRight else {
            return try "it is no mean of whole checkpoints \(steps)\(origins(of: name, steps, trainer))"
        }
        checked[name] = status.inode
        return nil
    }

    /// What each of its files could be a mean of, for people who look for the cause.
    private func origins(of name: String, _ steps: [Int], _ trainer: TortureTrainer) throws -> String {
        let file = trainer.kind.isFile ? place.averages : place.averages.appending(name)
        let possible = trainer.history.possibleMembers(steps)
        guard let first = possible.first else { return "" }
        let files = try trainer.expected(meanOf: first).indices.map { index in
            let fitting = try possible.filter { members in
                let (path, bytes) = try trainer.expected(meanOf: members)[index]
                return try Fixture.read(file.appending(path)) == bytes
            }
            return ", file \(index) of versions \(fitting.map { $0.map(\.version) })"
        }
        return files.joined()
    }

    private func isMean(
        of members: [TortureHistory.Save],
        _ name: String,
        _ trainer: TortureTrainer
    ) throws -> Bool {
        try trainer.expected(meanOf: members).allSatisfy { path, bytes in
            let file = trainer.kind.isFile ? place.averages : place.averages.appending(name)
            return try Fixture.read(file.appending(path)) == bytes
        }
    }

    private func manifest(of name: String, _ trainer: TortureTrainer) throws -> Manifest {
        try JSONDecoder().decode(Manifest.self, from: Data(Fixture.read(manifestPath(of: name, trainer))))
    }

    private func manifestPath(of name: String, _ trainer: TortureTrainer) -> FilePath {
        trainer.kind.isFile
            ? place.averages.appending(name + ".lawa.json") : place.averages.appending(name).appending("lawa.json")
    }
}
