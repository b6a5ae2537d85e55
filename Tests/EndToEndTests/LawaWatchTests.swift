import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `lawa watch` beside a real daemon.
@Suite(.serialized) struct LawaWatchTests {
    @Test("an average is seen to be made and to be there; Ctrl-C ends with 130 and no complaint")
    func average() async throws {
        try await Self.withDaemon(k: 5) { place, daemon in
            for step in 1...4 { try LargeCheckpoint.save(step, in: place.watch) }
            try await daemon.log.wait(containing: "checkpoint-4 is complete")
            let status = try await WatchUnderTest.run(place) { watch in
                try await watch.lines.wait(containing: "lawad 0.", "vit, pid \(daemon.processIdentifier)")
                try await watch.lines.wait(containing: "lawa: window 4/5", "newest checkpoint checkpoint-4 (window)")
                // An average that is over between two looks is not seen, so there are several.
                for step in 5...12 where !watch.lines.text.contains(" averaging lawa step ") {
                    try LargeCheckpoint.save(step, in: place.watch)
                    try await watch.lines.wait(containing: "newest average checkpoint-\(step)")
                }
                #expect(watch.lines.text.contains(" averaging lawa step "))
                #expect(watch.complaints.items.isEmpty)
                let time = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ .+/
                #expect(watch.lines.items.allSatisfy { $0.wholeMatch(of: time) != nil && !$0.contains("\u{1B}") })
                // Asked ten times a second, it does not tell the same twice.
                let texts = watch.lines.items.map { $0.dropFirst(21) }
                #expect(zip(texts, texts.dropFirst()).allSatisfy { $0 != $1 })
            }
            #expect(status == .exited(130))
        }
    }

    @Test("a daemon that is restarted is waited for")
    func restart() async throws {
        try await Self.withDaemon { place, first in
            let status = try await WatchUnderTest.run(place, endingWith: .terminate) { watch in
                try await watch.lines.wait(containing: "vit, pid \(first.processIdentifier)")
                try first.send(.terminate)
                try await first.log.waitForEnd()
                try await watch.lines.wait(containing: "no daemon answers at \"\(place.socket)\"", "; trying again")
                try await place.withDaemon { second in
                    try await watch.lines.wait(containing: "vit, pid \(second.processIdentifier)")
                    try await SyntheticTrainer(place.watch).save([1, 2])
                    try await watch.lines.wait(containing: "newest average checkpoint-2")
                }
                // Two daemons went; on its way a daemon can be gone for several reasons, each of which is told once.
                let reasons = watch.lines.items.filter { $0.contains("trying again") }.map { $0.dropFirst(21) }
                #expect(Dictionary(grouping: reasons) { $0 }.values.allSatisfy { $0.count <= 2 }, "\(reasons)")
            }
            #expect(status == .exited(143))
        }
    }

    @Test("as JSON each change is an object on a line of its own, and nothing else is on standard output")
    func objects() async throws {
        try await Self.withDaemon { place, daemon in
            let status = try await WatchUnderTest.run(place, ["--json"]) { watch in
                try await watch.lines.wait(containing: "\"pid\" : \(daemon.processIdentifier)")
                try await SyntheticTrainer(place.watch).save([1, 2])
                try await watch.lines.wait(containing: "newest average checkpoint-2")
                try daemon.send(.terminate)
                try await watch.complaints.wait(containing: "lawa: no daemon answers at", "; trying again")
                let reports = try watch.lines.items.map {
                    try ControlCoding.decode(StatusReport.self, from: Array($0.utf8))
                }
                #expect(reports.last?.recipes.first?.latest?.memberSteps == [1, 2])
                #expect(zip(reports, reports.dropFirst()).allSatisfy { $0 != $1 })
            }
            #expect(status == .exited(130))
        }
    }

    /// The daemon is idle, so there is nothing to be written at which the pipe would break.
    @Test("it ends quietly when nobody reads any more", arguments: [[], ["--json"]])
    func closedPipe(arguments: [String]) async throws {
        try await Self.withDaemon { place, _ in
            let script = #"exec 3>&1; { "$@"; echo $? >&3; } | head -n 1"#
            let lawa = try BuiltProduct.path("lawa").string
            let watch = [lawa, "watch", "--socket", place.socket.string, "--interval", "0.1"] + arguments
            let run = try await withDeadline("the end") {
                try await LawaRun.command("/bin/sh", ["-c", script, "sh"] + watch)
            }
            #expect(run.output.split(separator: "\n").count == 2)
            #expect(run.output.hasSuffix("\n0\n"))
            #expect(run.complaint.isEmpty)
        }
    }

    @Test("on a terminal frames fit the screen, follow its size, and leave it in order")
    func terminal() async throws {
        try await Self.withDaemon { place, _ in
            let terminal = try PseudoTerminal(TerminalSize(columns: 90, rows: 30))
            let result = try await Subprocess.run(
                .path(BuiltProduct.path("lawa")),
                arguments: ["watch", "--socket", place.socket.string, "--interval", "0.1"],
                environment: DaemonUnderTest.environment(["TERM": "xterm"]),
                input: .none,
                output: .fileDescriptor(terminal.programEnd, closeAfterSpawningProcess: true),
                error: .string(limit: 1 << 16)
            ) { execution in
                let (wide, _) = try await terminal.frame("first frame") { $0.contains { $0.hasPrefix("doing ") } }
                #expect(wide[0].hasPrefix("lawad 0.") && wide.allSatisfy { $0.count < 90 } && wide.count <= 30)
                terminal.resize(TerminalSize(columns: 40, rows: 9))
                let (narrow, number) = try await terminal.frame("narrow frame") { frame in
                    frame.last?.hasSuffix(" more lines") == true
                }
                #expect(narrow.allSatisfy { $0.count < 40 } && narrow.count == 9)
                terminal.resize(TerminalSize(columns: 200, rows: 50))
                try await SyntheticTrainer(place.watch).save([1, 2])
                try await terminal.frame(after: number, "frame with the average") { frame in
                    frame.contains { $0.contains("newest average checkpoint-2") }
                }
                try execution.send(signal: .interrupt)
                try await terminal.output.waitForEnd()
            }
            #expect(result.terminationStatus == .exited(130))
            #expect(result.standardError == "")
            let text = terminal.output.items.joined()
            #expect(Array(text.utf8).ends(with: "\u{1B}[?7h\u{1B}[?25h\r\r\n"))
            #expect(text.ranges(of: "\u{1B}[?25l").count == text.ranges(of: "\u{1B}[?25h").count)
            // Nothing clears the whole screen, which would flicker.
            #expect(!text.contains("\u{1B}[2J"))
        }
    }

    @Test("a daemon tells of a running average in bytes, of the bytes that it reads")
    func progress() async throws {
        try await Self.withDaemon(k: 5) { place, daemon in
            for step in 1...5 { try LargeCheckpoint.save(step, in: place.watch) }
            let report = try await daemon.wait(for: .status, StatusReport.self) { $0.activity?.bytesDone ?? 0 > 0 }
            let activity = try #require(report.activity)
            #expect(activity.recipe == "lawa" && activity.step == 5 && activity.seconds > 0)
            #expect(activity.bytesDone <= activity.bytesTotal && activity.bytesTotal >= LargeCheckpoint.byteCount)
            #expect(activity.isFlushing == (activity.bytesDone == activity.bytesTotal))
            #expect(report.summary.hasPrefix("averaging lawa step 5: "))
            try await daemon.published(1)
            let idle = try await daemon.wait(for: .status, StatusReport.self) { $0.activity == nil }
            #expect(idle.summary.contains("newest average checkpoint-5"))
        }
    }

    /// Runs a daemon that has looked and found nothing.
    private static func withDaemon(
        k: Int = 2,
        _ body: @escaping @Sendable (DaemonPlace, DaemonUnderTest) async throws -> Void
    ) async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: k, ["limits": #"{"min_free": "1MiB", "threads": 1}"#])
            try await place.withDaemon { daemon in
                try await daemon.ready()
                try await body(place, daemon)
            }
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
