import ControlProtocol
import FoundationEssentials
import LinuxSystem
import Testing

@testable import lawa

/// What `lawa watch` shows for what it sees.
@Suite struct LawaWatchRenderingTests {
    private static let now = Date(timeIntervalSince1970: 1_767_225_600 + 720)

    /// A status that was changed.
    private static func status(_ change: (inout StatusReport) -> Void = { _ in }) -> StatusReport {
        var status = LawaRenderingTests.report
        change(&status)
        return status
    }

    private static func idle(_ change: (inout StatusReport) -> Void = { _ in }) -> StatusReport {
        status {
            $0.activity = nil
            $0.summary = "lawa: window 3/5"
            change(&$0)
        }
    }

    private static func averaging(_ percent: Int, _ phase: String = "reading") -> StatusReport {
        status {
            $0.activity?.bytesDone = (10 << 30) / 100 * percent
            $0.activity?.bytesTotal = (10 << 30) / 100 * 100
            $0.activity?.phase = phase
            $0.summary = "averaging lawa step 30: \(percent) %"
        }
    }

    private static let rest = "; newest checkpoint checkpoint-40 (incomplete); the disk is nearly full"

    @Test func linesTellChangesAlone() {
        var lines = WatchLines()
        func told(_ status: StatusReport) -> [String] { lines.lines(for: .answered(status, body: [])) }
        #expect(told(Self.idle()) == ["lawad 0.1.0, run, pid 3", "lawa: window 3/5\(Self.rest)"])
        let later = Self.idle {
            $0.uptimeSeconds += 5
            $0.residentBytes = 1
        }
        #expect(told(later).isEmpty)
        #expect(told(Self.idle { $0.newest?.state = .window }).count == 1)
        #expect(
            told(Self.idle { $0.problems = [] }) == ["lawa: window 3/5; newest checkpoint checkpoint-40 (incomplete)"]
        )
        // A problem that is the summary is not told twice.
        #expect(told(Self.idle { $0.problems = [$0.summary] }).isEmpty)
        let refused = lines.lines(for: .lost("it is gone"))
        #expect(refused == ["it is gone; trying again"])
        #expect(lines.lines(for: .lost("it is gone")).isEmpty)
        #expect(lines.lines(for: .lost("it is stuck")) == ["it is stuck; trying again"])
        #expect(told(Self.idle()) == ["lawa: window 3/5\(Self.rest)"])
        #expect(told(Self.idle { $0.pid = 4 }) == ["lawad 0.1.0, run, pid 4", "lawa: window 3/5\(Self.rest)"])
    }

    @Test func linesTellEveryTenthOfAnAverage() {
        var lines = WatchLines()
        var told: [String] = []
        let sights =
            [Self.idle()] + (0...99).map { Self.averaging($0) } + [Self.averaging(100, "flushing")] + [Self.idle()]
        for sight in sights {
            told += lines.lines(for: .answered(sight, body: [])).filter { $0.hasPrefix("averaging") }
            #expect(lines.lines(for: .answered(sight, body: [])).isEmpty)
        }
        let percentages = stride(from: 0, through: 100, by: 10)
        #expect(told == percentages.map { "averaging lawa step 30: \($0) %\(Self.rest)" })
    }

    @Test func objectsTellWhatIsNotTime() throws {
        var objects = WatchObjects()
        func line(_ status: StatusReport) throws -> String? {
            let line = objects.line(for: status, body: try ControlCoding.encode(status))
            return line.map { String(decoding: $0, as: UTF8.self) }
        }
        let first = Self.status { $0.summary = "two\n  lines and \"quotes\" \\ { : }" }
        let firstLine = try line(first)
        let text = try #require(firstLine)
        #expect(!text.contains("\n"))
        #expect(try ControlCoding.decode(StatusReport.self, from: Array(text.utf8)) == first)
        let later = Self.status {
            $0.uptimeSeconds += 1
            $0.residentBytes = nil
            $0.activity?.seconds += 1
            $0.activity?.bytesPerSecond = nil
            $0.activity?.secondsLeft = 1
            $0.summary = "averaging still"
        }
        #expect(try line(later) == nil)
        #expect(try line(Self.status { $0.activity?.bytesDone += 1 }) != nil)
        #expect(try line(Self.status { $0.activity?.phase = "flushing" }) != nil)
        #expect(try line(Self.idle()) != nil)
        #expect(try line(Self.idle { $0.summary = "another" }) != nil)
    }

    /// A daemon of a later version says more, and `lawa watch --json` hands that on.
    @Test func objectsKeepWhatTheyDoNotKnow() {
        var objects = WatchObjects()
        let body = Array("{\n  \"more\" : [\n    1,\n    \"a  b\"\n  ]\n}\n".utf8)
        let line = objects.line(for: Self.status(), body: body)
        #expect(line.map { String(decoding: $0, as: UTF8.self) } == "{\"more\" : [1,\"a  b\"]}")
    }

    @Test func aFrameHasABarOfItsOwn() {
        let lines = Self.frame(Self.status()).lines(size: TerminalSize(columns: 100, rows: 40))
        let bar = "[############------------------]   40 %  6.0 s left  1.00 GiB/s  4.00 GiB of 10.0 GiB"
        #expect(lines.contains("doing      averaging lawa step 30"))
        #expect(lines.contains("           \(bar)"))
    }

    @Test func aFrameOfADaemonThatIsGoneTellsSoAndKeepsItsLastAnswer() {
        let size = TerminalSize(columns: 100, rows: 40)
        let lines = Self.frame(Self.status(), lost: "it is gone").lines(size: size)
        #expect(lines.prefix(3) == ["it is gone; trying again", "", "Its last answer, 12 min ago:"])
        #expect(lines[3].hasPrefix("lawad 0.1.0, run"))
        // What does not move is no live bar.
        #expect(!lines.contains { $0.hasPrefix("           [") })
    }

    @Test(arguments: [1, 2, 5, 10, 22, 24, 40, 80, 200], [1, 2, 5, 12, 50])
    func aFrameFitsItsScreen(columns: Int, rows: Int) {
        let hostile = Self.status { $0.newest?.name = "\u{1B}[2J\u{9B}31m" + String(repeating: "x", count: 300) }
        for status in [Self.status(), Self.idle(), Self.averaging(100, "flushing"), hostile] {
            for lost in [nil, "it is gone"] {
                let frame = Self.frame(status, lost: lost)
                let lines = frame.lines(size: TerminalSize(columns: columns, rows: rows))
                #expect(lines.count <= rows && !lines.isEmpty)
                #expect(lines.allSatisfy { $0.count <= max(1, columns - 1) })
                #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
            }
        }
    }

    @Test func aFrameIsOneReplacementOfTheScreen() {
        let text = Screen.frame(["a", "bc"])
        #expect(text == "\u{1B}[?25l\u{1B}[?7l\u{1B}[Ha\u{1B}[K\r\nbc\u{1B}[K\u{1B}[J\u{1B}[?7h\u{1B}[?25h")
    }

    private static func frame(_ status: StatusReport, lost: String? = nil) -> WatchFrame {
        WatchFrame(
            answer: WatchFrame.Answer(status: status, time: Self.now.addingTimeInterval(-720)),
            lost: lost,
            now: Self.now
        )
    }
}
