import Averaging
import Checkpoints
import ControlProtocol
import FoundationEssentials
import LinuxSystem
import SystemPackage
import Testing

@testable import lawa

/// Text for people, at any width.
@Suite struct LawaRenderingTests {
    private static let average = AverageReport(
        recipe: "lawa",
        name: "checkpoint-30",
        step: 30,
        path: "/data/run.lawa/lawa/checkpoint-30",
        memberSteps: [10, 20, 30],
        bytes: 3 << 30,
        seconds: 4.25,
        created: "2026-01-01T00:00:00Z",
        latest: true
    )

    /// A status with everything in it.
    static let report = StatusReport(
        program: "lawad",
        version: "0.1.0",
        pid: 3,
        instance: "run",
        uptimeSeconds: 11_520,
        output: "/data/run.lawa",
        watch: StatusReport.Watch(
            path: "/data/run",
            present: true,
            layout: "huggingface",
            problem: nil,
            filesystem: "ext4",
            mode: "events",
            modeReason: nil,
            checkpointsSeen: 7
        ),
        pins: StatusReport.Pins(method: "auto", means: "hardlink", count: 3, bytes: 3 << 30, limit: nil),
        newest: CheckpointReport(
            name: "checkpoint-40",
            step: 40,
            state: .incomplete,
            reason: "\"trainer_state.json\" is not there yet",
            bytes: nil,
            pinned: false,
            pinOnly: false,
            path: "/data/run/checkpoint-40"
        ),
        recipes: [
            StatusReport.Recipe(
                name: "lawa",
                window: "last 5",
                needed: 5,
                members: ["checkpoint-10", "checkpoint-20", "checkpoint-30"],
                latest: average,
                waiting: "\"checkpoint-20\" has another shape",
                refused: true,
                averagesPublished: 2
            )
        ],
        activity: StatusReport.Activity(
            recipe: "lawa",
            name: "checkpoint-30",
            step: 30,
            bytesTotal: 10 << 30,
            bytesDone: 4 << 30,
            seconds: 4,
            bytesPerSecond: Double(1 << 30),
            secondsLeft: 6,
            phase: "reading"
        ),
        summary: "averaging",
        problems: ["the disk is nearly full"],
        residentBytes: 64 << 20
    )

    private static let now = Date(timeIntervalSince1970: 1_767_225_600 + 720)

    @Test func statusIsOneScreen() {
        let lines = StatusText(report: Self.report, columns: nil, now: Self.now).lines
        #expect(
            lines == [
                "lawad 0.1.0, run, pid 3, up 3 h 12 min, 64.0 MiB of memory",
                "watching   /data/run (layout huggingface, ext4, 7 checkpoints seen)",
                "output     /data/run.lawa",
                "pins       3 checkpoints by hard link, 3.00 GiB held by pins alone",
                "newest     checkpoint-40, incomplete: \"trainer_state.json\" is not there yet",
                "doing      averaging lawa step 30 [########------------] "
                    + "40 % of 10.0 GiB, 1.00 GiB/s, 6.0 s left",
                "",
                "recipe lawa: window 3 of 5 members (last 5)",
                "  members  checkpoint-10, checkpoint-20, checkpoint-30",
                "  average  /data/run.lawa/lawa/checkpoint-30 (12 min ago, 3 checkpoints, 3.00 GiB, made in 4.3 s)",
                "  written  2 averages",
                "  refused  \"checkpoint-20\" has another shape",
                "",
                "problems",
                "  - the disk is nearly full",
            ]
        )
    }

    private static var census: DaemonCensus {
        let answers = ["/a", "/b"].map { path in
            let daemon = RunningDaemon(
                instance: report.instance,
                socket: FilePath(path),
                manager: nil,
                client: ControlClient(socket: FilePath(path)),
                status: report,
                statusBody: []
            )
            let socket = InstanceSocket(instance: report.instance, manager: .system, path: FilePath(path))
            return (socket: socket, answer: DaemonCensus.Answer.running(daemon))
        }
        return DaemonCensus(answers: answers, configured: [ConfiguredInstance(name: "stopped", manager: .system)])
    }

    @Test(arguments: [1, 2, 10, 24, 40, 60, 79, 80, 200])
    func everythingSurvivesANarrowTerminal(columns: Int) {
        let list = DaemonList(checkpoints: [Self.report.newest].compactMap(\.self), averages: [Self.average])
        let overview = DaemonOverview(Self.census, userName: { _ in nil })
        let texts = [
            StatusText(report: Self.report, columns: columns, now: Self.now).lines, list.lines(columns: columns),
            overview.lines(columns: columns), DaemonPlan(Self.report).lines(columns: columns),
        ]
        for lines in texts {
            #expect(!lines.isEmpty)
            #expect(lines.allSatisfy { !$0.hasSuffix(" ") && !$0.contains("\u{1B}") })
            let wide = lines.filter { $0.count > columns }
            // What is too wide is a word or a table's row of figures, never a sentence.
            #expect(columns < 80 || wide.allSatisfy { !$0.contains("averaging") && !$0.contains("refused") })
        }
        let words = StatusText(report: Self.report, columns: nil, now: Self.now).lines.joined(separator: " ")
        let narrow = texts[0].joined(separator: " ")
        #expect(words.split(separator: " ") == narrow.split(separator: " "))
    }

    @Test(arguments: [0, 1, 5, 20, 40, 80, 200], [0, 0.004, 0.5, 1, 1.7, .nan])
    func progressFitsItsLine(columns: Int, fraction: Double) {
        for isFlushing in [false, true] {
            let text = Self.progress(fraction, rate: 1e300, left: 1e300, isFlushing: isFlushing)
            let line = text.line(columns: columns)
            #expect(line.count <= max(0, columns - 1))
            #expect(columns < 80 || line.hasPrefix("["))
        }
    }

    @Test func progressTellsRateAndTimeLeft() {
        let text = Self.progress(0.25, rate: Double(1 << 30), left: 6)
        let bar = "[#######-----------------------]"
        #expect(text.line(columns: 100) == "\(bar)   25 %  6.0 s left  1.00 GiB/s  2.00 GiB of 8.00 GiB")
        #expect(text.line(columns: 50) == "[####------------]   25 %  6.0 s left  1.00 GiB/s")
        #expect(text.line(columns: 20) == "[##--------]   25 %")
        #expect(text.line(columns: 8) == " 25 %")
        #expect(Self.progress(0.25).line(columns: 60).hasSuffix("-]   25 %  2.00 GiB of 8.00 GiB"))
        let end = Self.progress(1, isFlushing: true)
        #expect(end.line(columns: 60) == "[########################]  flushing to disk  8.00 GiB read")
        #expect(end.line(columns: 30) == "[#########]  flushing to disk")
    }

    private static func progress(
        _ fraction: Double,
        rate: Double? = nil,
        left: Double? = nil,
        isFlushing: Bool = false
    ) -> ProgressText {
        ProgressText(
            fraction: fraction,
            bytesDone: fraction.isFinite ? Int(fraction * Double(8 << 30)) : 0,
            bytesTotal: 8 << 30,
            bytesPerSecond: rate,
            secondsLeft: left,
            isFlushing: isFlushing
        )
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"), (-5, "0.0 s"), (.infinity, "inf s"),
    ])
    func durations(seconds: Double, text: String) {
        #expect(Readable.duration(seconds: seconds) == text)
    }

    @Test func agesOfOddTimes() {
        #expect(RecipeText.age(of: "2026-01-01T00:00:00Z", now: Self.now) == "12 min ago")
        #expect(RecipeText.age(of: "2027-01-01T00:00:00Z", now: Self.now) == "2027-01-01T00:00:00Z")
        #expect(RecipeText.age(of: "yesterday", now: Self.now) == "yesterday")
    }

    @Test func manyMembersAreShortened() {
        var recipe = Self.report.recipes[0]
        recipe.members = (1...100).map { "c-\($0)" }
        #expect(RecipeText(recipe: recipe).members == "c-1, c-2, ... 93 more ..., c-96, c-97, c-98, c-99, c-100")
        #expect(RecipeText(recipe: recipe).filling == "100 members")
        recipe.members = []
        #expect(RecipeText(recipe: recipe).filling == "0 of 5 members")
        #expect(RecipeText(recipe: recipe).members == "none yet")
    }

    @Test func emptyColumnsAreLeftOutAndFiguresLeanRight() {
        var table = Table([.figures("STEP"), .text("NAME"), .text("NONE"), .text("REASON")])
        #expect(table.lines(width: 80).isEmpty)
        table.add(["5", "a"])
        table.add(["500", "bb", "", "some words that do not fit"])
        #expect(
            table.lines(width: nil) == [
                "STEP  NAME  REASON", "   5  a", " 500  bb    some words that do not fit",
            ]
        )
        #expect(
            table.lines(width: 30) == [
                "STEP  NAME  REASON", "   5  a", " 500  bb    some words that do", "            not fit",
            ]
        )
        #expect(table.lines(width: 20).suffix(3) == [" 500  bb", "    some words that", "    do not fit"])
    }

    @Test(arguments: [
        (["c-30", "c-9", "c-100"], ["c-9", "c-30", "c-100"]), (["b", "c-1", "a"], ["b", "c-1", "a"]),
        (["x/c-1", "y/c-1", "z/c-0"], ["z/c-0", "x/c-1", "y/c-1"]),
    ])
    func orderOfMembers(given: [String], ordered: [String]) {
        #expect(MemberSelection.wanted(of: given.map { FilePath($0) }, last: nil).map(\.string) == ordered)
    }
}
