import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// Single system calls that the disk or the quota refuses, which strace(1) pretends.
    @Suite(.serialized, .unless(Machine.traceObstacle))
    struct RefusedCalls {
        private static let refusals = [
            RefusedCall(call: "fallocate"), RefusedCall(call: "fallocate", error: "EDQUOT"),
            RefusedCall(call: "fallocate", error: "EDQUOT", time: "2+"), RefusedCall(call: "pwrite64"),
            RefusedCall(call: "sync_file_range"),
            RefusedCall(call: "fsync"), RefusedCall(call: "fsync", error: "EDQUOT", time: "2+"),
        ]

        @Test(
            "lawa average says which call was refused and leaves nothing",
            arguments: refusals + [RefusedCall(call: "rename")]
        )
        func byHand(refusal: RefusedCall) async throws {
            try await withTemporaryDirectory { directory in
                try await SyntheticTrainer(directory.appending("run"), shape: .shards).save([1, 2])
                let output = directory.appending("average")
                let lawa = [try BuiltProduct.path("lawa").string, "average", directory.appending("run").string]
                let run = try await LawaRun.command(
                    try #require(Machine.path(of: "strace")),
                    refusal.arguments + lawa + ["--output", output.string]
                )
                #expect(run.code == 73)
                #expect(run.complaint.contains("(\(refusal.error))"), "\(run.complaint)")
                #expect(try DirectoryListing.entries(of: directory).map(\.name) == ["run"])
            }
        }

        @Test(
            "the daemon says which call was refused, leaves nothing half-made, and makes the rest the next time",
            arguments: refusals + ["rename", "symlink"].map { RefusedCall(call: $0) }
        )
        func daemon(refusal: RefusedCall) async throws {
            try await DaemonPlace.with { place in
                try place.configure(k: 2, ["pin": "\"none\""])
                let trainer = SyntheticTrainer(place.watch, shape: .shards)
                try await trainer.save([1, 2])
                let lawad = [try BuiltProduct.path("lawad").string, "--config", place.configuration.string, "--once"]
                let run = try await LawaRun.command(try #require(Machine.path(of: "strace")), refusal.arguments + lawad)
                // 73 where it cannot even note who holds the output.
                #expect(run.code == (refusal.call == "pwrite64" ? 73 : 1))
                #expect(run.complaint.contains("(\(refusal.error))"), "\(run.complaint)")
                #expect(try DaemonPlace.names(in: place.staging).isEmpty)
                // `latest` follows an average that readers have already.
                let published = refusal.call == "symlink" ? ["checkpoint-2"] : []
                #expect(try DaemonPlace.names(in: place.averages) == published)
                #expect(try await place.once().status == .exited(0))
                #expect(try DaemonPlace.names(in: place.averages).sorted() == ["checkpoint-2", "latest"])
                try AverageExpectation(
                    average: place.averages.appending("checkpoint-2"),
                    steps: [1, 2],
                    trainer: trainer
                )
                .check()
            }
        }
    }
}
