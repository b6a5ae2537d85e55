import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Programs that are started with less than a process usually has: they say so, and never end by a signal.
@Suite(.serialized) struct ProcessLimitTests {
    /// Limits for ulimit, and what the refusal names; nil where the programs do their work.
    private static let limits: [(limit: String, named: String?)] = [
        ("-n 4", "RLIMIT_NOFILE"), ("-n 8", "RLIMIT_NOFILE"), ("-n 16", "RLIMIT_NOFILE"), ("-S -n 8", nil),
        ("-n 64", nil), ("-s 16", "RLIMIT_STACK"), ("-s 64", "RLIMIT_STACK"), ("-S -s 64", nil), ("-s 1024", nil),
        ("-v 163840", "RLIMIT_AS"), ("-v 262144", nil), ("-v 524288", nil), ("-d 16384", "RLIMIT_DATA"),
        ("-d 98304", nil),
    ]

    private static let watching = ["--watch", "run", "--k", "2", "--output", "averages", "--once"]
    private static let averaging = ["average", "run", "--output", "average"]

    /// Runs a program in a directory with limits, or with standard streams closed, that a shell sets before.
    private func run(
        _ program: String,
        _ arguments: [String],
        in directory: FilePath,
        after setting: String
    ) async throws -> LawaRun {
        let script = "cd '\(directory)' && \(setting); exec \"$@\""
        let path = try BuiltProduct.path(program).string
        return try await withDeadline("the end of \(program) after \(setting)") {
            try await LawaRun.command("/bin/bash", ["-c", script, "sh", path] + arguments)
        }
    }

    private func withRun(_ body: (FilePath) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let run = directory.appending("run")
            try Publication.makeDirectories(run)
            try await SyntheticTrainer(run).save([1, 2])
            try await body(directory)
        }
    }

    @Test("a limit is named with what is needed, or is enough", arguments: limits)
    func limit(limit: String, named: String?) async throws {
        for (program, arguments) in [("lawad", Self.watching), ("lawa", Self.averaging)] {
            try await withRun { directory in
                let run = try await run(program, arguments, in: directory, after: "ulimit \(limit)")
                guard let named else {
                    #expect(run.code == 0, "\(program), ulimit \(limit): \(run.status) \(run.complaint)")
                    return
                }
                #expect(run.code == 71, "\(program), ulimit \(limit): \(run.status)")
                #expect(
                    run.complaint.hasPrefix("\(program): the limit of ") && run.complaint.contains("(\(named)) is ")
                )
                #expect(run.complaint.split(separator: "\n").count == 1)
            }
        }
    }

    /// Limits of users do not hold for root, and count all that the user runs.
    @Test(
        "too few threads are told of",
        .enabled(if: HostProcess.effectiveUser == 0),
        arguments: ["lawad", "lawa"]
    )
    func threads(program: String) async throws {
        try await withRun { directory in
            try Publication.makeDirectories(directory.appending("averages"))
            let change = "exec setpriv --reuid 54321 --regid 54321 --clear-groups prlimit --nproc=3 \"$@\""
            let arguments = program == "lawad" ? Self.watching : Self.averaging
            let run = try await run(program, arguments, in: directory, after: change)
            #expect(run.code == 71, "\(run.status) \(run.complaint)")
            #expect(run.complaint.hasPrefix("\(program): the system gives this process "))
            #expect(run.complaint.contains("(EAGAIN): raise TasksMax=, LimitNPROC="))
        }
    }

    @Test("a file that may not grow so far is an error with its name", arguments: [0, 1])
    func fileSize(blocks: Int) async throws {
        try await withRun { directory in
            for (program, arguments) in [("lawad", Self.watching), ("lawa", Self.averaging)] {
                let run = try await run(program, arguments, in: directory, after: "ulimit -f \(blocks)")
                guard case .exited(let code) = run.status else {
                    Issue.record("\(program): \(run.status)")
                    continue
                }
                #expect(code != 0)
                #expect(run.complaint.contains("File too large (EFBIG)") && run.complaint.contains("ulimit -f"))
            }
        }
    }

    @Test("what is written to a closed stream goes nowhere", arguments: ["2>&-", ">&-", "<&-", "<&- >&- 2>&-"])
    func closedStreams(streams: String) async throws {
        try await withRun { directory in
            let run = try await run("lawad", Self.watching, in: directory, after: "exec \(streams)")
            #expect(run.code == 0)
            let lock = try Fixture.read(directory.appending("averages/.lawad/lock"))
            let text = String(decoding: lock, as: UTF8.self)
            #expect(text.split(separator: "\n").count == 1 && text.contains(" lawad watching /"), "\(text)")
            #expect(try FileStatus.ifPresent(directory.appending("averages/lawa/checkpoint-2/lawa.json")) != nil)
        }
        try await withRun { directory in
            let run = try await run("lawa", Self.averaging, in: directory, after: "exec \(streams)")
            #expect(run.code == 0)
            let manifest = try Fixture.read(directory.appending("average/lawa.json"))
            #expect(manifest.first == UInt8(ascii: "{") && manifest.suffix(2) == Array("}\n".utf8))
        }
    }
}
