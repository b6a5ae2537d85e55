import ControlProtocol
import Dispatch
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct ControlProtocolTests {
    private let average = AverageReport(
        recipe: "lawa",
        name: "checkpoint-30",
        step: 30,
        path: "/o/lawa/checkpoint-30",
        memberSteps: [10, 20, 30],
        bytes: 7,
        seconds: 0.5,
        created: "2026-01-01T00:00:00Z",
        latest: true
    )

    /// The names on the wire are what scripts rely on.
    @Test func keysAreSnakeCase() throws {
        let text = String(decoding: try ControlCoding.encode(AveragesReport(averages: [average])), as: UTF8.self)
        for key in [
            "averages", "recipe", "name", "step", "path", "member_steps", "bytes", "seconds", "created", "latest",
        ] {
            #expect(text.contains("\"\(key)\" :"))
        }
    }

    @Test func reportsSurviveTheWire() throws {
        let checkpoint = CheckpointReport(
            name: "c-1",
            step: 1,
            state: .incomplete,
            reason: "why \"so\"\n",
            bytes: nil,
            pinned: true,
            pinOnly: false,
            path: "/p"
        )
        let status = StatusReport(
            program: "lawad",
            version: "1",
            pid: 3,
            instance: "i",
            uptimeSeconds: 1.5,
            output: "/o",
            watch: StatusReport.Watch(
                path: "/w",
                present: true,
                layout: nil,
                problem: "p",
                filesystem: "ext4",
                mode: "polling",
                modeReason: "r",
                checkpointsSeen: 2
            ),
            pins: StatusReport.Pins(method: "auto", means: "copy", count: 2, bytes: 7, limit: 9),
            newest: checkpoint,
            recipes: [
                StatusReport.Recipe(
                    name: "lawa",
                    window: "last 5",
                    needed: 5,
                    members: ["a"],
                    latest: average,
                    waiting: "w",
                    refused: true,
                    averagesPublished: 1
                )
            ],
            activity: StatusReport.Activity(
                recipe: "lawa",
                name: "n",
                step: 2,
                bytesTotal: 10,
                bytesDone: 5,
                seconds: 1,
                bytesPerSecond: 5,
                secondsLeft: 1,
                phase: "reading"
            ),
            summary: "s",
            problems: ["x"],
            residentBytes: 9
        )
        #expect(try ControlCoding.decode(StatusReport.self, from: ControlCoding.encode(status)) == status)
        let list = CheckpointsReport(checkpoints: [checkpoint])
        #expect(try ControlCoding.decode(CheckpointsReport.self, from: ControlCoding.encode(list)) == list)
    }

    /// A daemon of an earlier version says less.
    @Test func anActivityWithoutPhaseIsRead() throws {
        let text = #"{"recipe": "a", "name": "b", "step": 3, "bytes_total": 8, "bytes_done": 2, "seconds": 0.5}"#
        let activity = try ControlCoding.decode(StatusReport.Activity.self, from: Array(text.utf8))
        #expect(activity.phase == nil && !activity.isFlushing && activity.fraction == 0.25)
    }

    @Test(
        arguments: [
            (3 << 30, 1.2 * 1_073_741_824, 4, "reading", "40 % of 7.50 GiB, 1.20 GiB/s, 4.0 s left"),
            (3 << 30, 0, nil, "reading", "40 % of 7.50 GiB, 0 B/s"), (0, nil, nil, nil, "0 % of 7.50 GiB"),
            ((15 << 29) - 1, nil, 0, "reading", "99 % of 7.50 GiB, 0.0 s left"),
            (15 << 29, nil, nil, "flushing", "7.50 GiB read, flushing to disk"),
            (3 << 30, .infinity, .infinity, "other", "40 % of 7.50 GiB, 0 B/s, inf s left"),
        ] as [(Int, Double?, Double?, String?, String)]
    )
    func figures(done: Int, rate: Double?, left: Double?, phase: String?, text: String) {
        let activity = StatusReport.Activity(
            recipe: "lawa",
            name: "checkpoint-500",
            step: 500,
            bytesTotal: 15 << 29,
            bytesDone: done,
            seconds: 1,
            bytesPerSecond: rate,
            secondsLeft: left,
            phase: phase
        )
        #expect(activity.figures == text)
        #expect(activity.title == "averaging lawa step 500")
    }

    /// A daemon of a later version may say more.
    @Test func unknownKeysAreIgnored() throws {
        let bytes = Array(#"{"averages": [], "more": 1}"#.utf8)
        #expect(try ControlCoding.decode(AveragesReport.self, from: bytes) == AveragesReport(averages: []))
    }

    @Test(arguments: [
        ("/data/runs/vit", "data-runs-vit"), ("/", "root"), ("/a b/c:d", "a_b-c_d"), ("/run_1.x", "run_1.x"),
    ])
    func instanceNames(path: String, instance: String) {
        #expect(SocketLocation.instance(watching: FilePath(path)) == instance)
    }

    @Test func nobodyListening() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("none.sock")
        let error = await #expect(throws: ControlClientError.self) {
            try await ControlClient(socket: path).askBytes(.status)
        }
        let text = try #require(error).description
        #expect(text.contains("no daemon answers at \"\(path)\""))
        #expect(text.contains("lawad --watch DIR"))
    }

    /// A listener that never answers must not hold a tool for ever.
    @Test func silenceTimesOut() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("mute.sock")
        let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
        let error = await #expect(throws: ControlClientError.self) {
            try await ControlClient(socket: path, timeoutSeconds: 1).askBytes(.status)
        }
        #expect(try #require(error).description.contains("no answer came in time"))
        listener.unlink()
    }

    @Test("an answer is taken up to a size", arguments: [true, false])
    func sizes(isTrusted: Bool) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("s")
        let listener = try UnixSocketListener.bind(path, mode: 0o600, group: nil)
        DispatchQueue(label: "answers").async {
            try? listener.accept { connection in
                let server = FileDescriptor(rawValue: connection.takeDescriptor())
                let flags = fcntl(server.rawValue, F_GETFL)
                _ = fcntl(server.rawValue, F_SETFL, flags & ~O_NONBLOCK)
                signal(SIGPIPE, SIG_IGN)
                let body = String(repeating: "x", count: 300_000)
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n\(body)"
                _ = try? server.closeAfter {
                    // A client that is answered before it has asked may find the connection closed.
                    _ = try [UInt8](unsafeUninitializedCapacity: 4096) { $1 = try server.read(into: .init($0)) }
                    try server.writeAll(answer.utf8)
                }
            }
        }
        defer { listener.stop() }
        let client = ControlClient(socket: path, isTrusted: isTrusted)
        if isTrusted {
            #expect(try await client.askBytes(.status).count == 300_000)
        } else {
            let error = await #expect(throws: ControlClientError.self) { try await client.askBytes(.status) }
            #expect("\(try #require(error))".contains("it has more than 262144 bytes"))
        }
    }

    @Test func routesSayWhetherTheyChangeAnything() {
        #expect(ControlRoute.allCases.filter(\.changes) == [.rescan, .reload])
        #expect(ControlRoute.allCases.filter { $0.method == "POST" } == [.rescan, .reload])
    }
}
