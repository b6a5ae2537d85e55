import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// Every layout, written in every way, with rotation down to one checkpoint.
    @Suite(.serialized) struct Replay {
        private static let windowSize = 2

        /// A way of writing and of rotating.
        private struct Way: Sendable {
            let writing: ReplayWriting
            /// How many checkpoints stay; 0 for all.
            let keep: Int
        }

        private static let ways = ReplayWriting.allCases.flatMap { writing in
            [1, 2, 0].map { Way(writing: writing, keep: $0) }
        }

        @Test(
            "every window that was full once has its average, bit for bit what lawa average makes of its members",
            arguments: ReplayedRun.all
        )
        func replay(run: ReplayedRun) async throws {
            let expected = try await Self.expectedAverages(run)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, way) in Self.ways.enumerated() {
                    if index >= 4 { try await group.next() }
                    group.addTask { try await Self.replay(run, way, expected) }
                }
                try await group.waitForAll()
            }
        }

        private static func replay(_ run: ReplayedRun, _ way: Way, _ expected: [[UInt8]]) async throws {
            try await DaemonPlace.with { place in
                try place.configure(k: windowSize)
                try await place.withDaemon { daemon in
                    try await daemon.ready()
                    for (index, member) in run.members.enumerated() {
                        try await save(member, way, place, daemon)
                        try await daemon.log.wait(containing: "\(member.name) is complete")
                        try await daemon.wait(for: .checkpoints, CheckpointsReport.self) { report in
                            report.checkpoints.contains { $0.name == member.name && $0.pinned }
                        }
                        try rotate(run, savedUpTo: index, way, place)
                    }
                    try await daemon.published(expected.count)
                    let status = try await daemon.client.ask(.status, as: StatusReport.self)
                    #expect(status.watch.layout == run.layout, "\(way)")
                }
                let names = run.members.dropFirst(windowSize - 1).map(\.name)
                #expect(Set(try place.averageNames.filter { !$0.hasSuffix(".lawa.json") }) == Set(names), "\(way)")
                for (name, bytes) in zip(names, expected) {
                    let found = try weights(of: place.averages.appending(name))
                    #expect(found == bytes, "\(name) \(way)")
                }
            }
        }

        /// Writes the files of a checkpoint, and looks when half of each is there: nothing may be taken for whole.
        private static func save(
            _ member: ReplayedRun.Member,
            _ way: Way,
            _ place: DaemonPlace,
            _ daemon: DaemonUnderTest
        ) async throws {
            for (index, file) in member.files.enumerated() {
                let isDecisive = index == 0 && member.files.count < 3
                let path = place.watch.appending(file.path)
                try await way.writing.write(file.bytes, to: path, outside: place.root.appending("outside")) {
                    guard isDecisive else { return }
                    try await daemon.rescan()
                    #expect(!daemon.log.text.contains("\(member.name) is complete"), "\(way)")
                }
            }
        }

        private static func rotate(_ run: ReplayedRun, savedUpTo index: Int, _ way: Way, _ place: DaemonPlace) throws {
            guard way.keep > 0, index >= way.keep else { return }
            let old = run.members[index - way.keep]
            for file in old.files where old.entry != nil {
                try Publication.removeTree(place.watch.appending(file.path))
            }
            if let entry = old.entry { try Publication.removeTree(place.watch.appending(entry)) }
        }

        /// The bytes of all weights of each window's average, as the engine's own tests vouch for them.
        private static func expectedAverages(_ run: ReplayedRun) async throws -> [[UInt8]] {
            try await withTemporaryDirectory { directory in
                let originals = try run.members.enumerated().map { index, member in
                    guard member.entry == nil else { return member.original }
                    let path = directory.appending("member-\(index).pt")
                    try Fixture.write(member.files[0].bytes, to: path)
                    return path
                }
                var averages: [[UInt8]] = []
                for index in windowSize...originals.count {
                    let output = directory.appending("average-\(index)")
                    let members = originals[index - windowSize..<index].map(\.string)
                    let average = try await LawaRun.lawa(["average", "--quiet", "--output", output.string] + members)
                    try #require(average.code == 0, "\(average.complaint)")
                    averages.append(try weights(of: output))
                }
                return averages
            }
        }

        /// The bytes of a file, or of all weights in a directory in the order of their names.
        private static func weights(of path: FilePath) throws -> [UInt8] {
            guard try FileStatus.of(path).kind == .directory else { return try Fixture.read(path) }
            var bytes: [UInt8] = []
            for entry in try DirectoryListing.entries(of: path).sorted(by: { $0.name < $1.name }) {
                let isWeights = entry.kind == .directory || entry.name.hasSuffix(".safetensors")
                if isWeights { bytes += try weights(of: path.appending(entry.name)) }
            }
            return bytes
        }
    }
}
