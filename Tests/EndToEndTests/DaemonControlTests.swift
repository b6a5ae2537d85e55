import ControlProtocol
import FoundationEssentials
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The control socket, asked rightly and wrongly.
@Suite(.serialized) struct DaemonControlTests {
    @Test("every route answers in its form, with an average published")
    func routes() async throws {
        try await Self.withDaemon { place, daemon in
            let status = try await daemon.client.ask(.status, as: StatusReport.self)
            #expect(status.program == "lawad" && status.instance == "vit")
            #expect(status.pid == Int(daemon.processIdentifier))
            #expect(status.watch.path == place.watch.string && status.output == place.output.string)
            #expect(status.watch.present && status.watch.layout == "huggingface" && status.watch.checkpointsSeen == 2)
            #expect(status.newest?.name == "checkpoint-2")
            #expect(status.recipes.map(\.members) == [["checkpoint-1", "checkpoint-2"]])
            #expect(status.recipes[0].latest?.memberSteps == [1, 2])
            #expect(status.recipes[0].waiting == nil && !status.recipes[0].refused && status.activity == nil)
            let checkpoints = try await daemon.client.ask(.checkpoints, as: CheckpointsReport.self).checkpoints
            #expect(checkpoints.map(\.state) == [.window, .window])
            let averages = try await daemon.client.ask(.averages, as: AveragesReport.self).averages
            #expect(averages.map(\.path) == [place.averages.appending("checkpoint-2").string])
            #expect(averages[0].bytes == SyntheticModel().file(step: 1).count)
            #expect(try await daemon.client.ask(.rescan, as: AcceptedReport.self).accepted == "rescan")
            #expect(try await RawConnection.ask(place.socket, "POST", "/v1/rescan").status == 202)
            let health = try await RawConnection.ask(place.socket, "GET", "/healthz")
            #expect(health.status == 200 && health.body == "ok\n")
            for route in ControlRoute.allCases {
                let answer = try await RawConnection.ask(place.socket, route.method, route.rawValue)
                #expect((200...202).contains(answer.status), "\(route)")
                let isText = [.health, .metrics].contains(route)
                #expect(answer.headers.contains(isText ? "content-type: text/plain" : "content-type: application/json"))
            }
        }
    }

    @Test("lists come in pages, and a page that cannot be is refused")
    func pages() async throws {
        try await Self.withDaemon { place, _ in
            let first = try await RawConnection.ask(place.socket, "GET", "/v1/checkpoints?limit=1")
            let newest = try ControlCoding.decode(CheckpointsReport.self, from: Array(first.body.utf8))
            #expect(newest.checkpoints.map(\.name) == ["checkpoint-2"] && newest.total == 2)
            let next = try #require(newest.next)
            let second = try await RawConnection.ask(place.socket, "GET", "/v1/checkpoints?limit=1&after=\(next)")
            let oldest = try ControlCoding.decode(CheckpointsReport.self, from: Array(second.body.utf8))
            #expect(oldest.checkpoints.map(\.name) == ["checkpoint-1"] && oldest.total == 2 && oldest.next == nil)
            let averages = try await RawConnection.ask(place.socket, "GET", "/v1/averages?offset=1")
            let none = try ControlCoding.decode(AveragesReport.self, from: Array(averages.body.utf8))
            #expect(none.averages.isEmpty && none.total == 1 && none.next == nil)
            for query in [
                "limit=0", "limit=10001", "limit=x", "limit=", "offset=-1", "offset=99999999999999999999", "after=!",
            ] {
                for path in ["/v1/checkpoints", "/v1/averages"] {
                    try Self.expectError(
                        try await RawConnection.ask(place.socket, "GET", "\(path)?\(query)"),
                        400,
                        "bad_request"
                    )
                }
            }
        }
    }

    @Test("a method that a route does not take is refused with the right one", arguments: ControlRoute.allCases)
    func methods(route: ControlRoute) async throws {
        try await Self.withDaemon { place, _ in
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] where method != route.method {
                let answer = try await RawConnection.ask(place.socket, method, route.rawValue)
                try Self.expectError(answer, 405, "method_not_allowed")
                #expect(answer.body.contains("use \(route.method)"), "\(method)")
                #expect(answer.headers.contains("allow: \(route.changes ? "post" : "get, head")"))
            }
        }
    }

    @Test(
        "unknown paths are refused with the known ones",
        arguments: ["/", "/v1", "/v1/statu", "/v2/status", "/v1/status/x", "/../etc"]
    )
    func unknown(path: String) async throws {
        try await Self.withDaemon { place, _ in
            let answer = try await RawConnection.ask(place.socket, "GET", path)
            try Self.expectError(answer, 404, "not_found")
            #expect(answer.body.contains("GET /v1/status"))
        }
    }

    @Test("each line of the metrics is one of the exposition format, and the figures are right")
    func metrics() async throws {
        try await Self.withDaemon { place, _ in
            let answer = try await RawConnection.ask(place.socket, "GET", "/metrics")
            let sample = try Regex(#"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+"#)
            let comment = try Regex(#"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (gauge|counter))"#)
            let lines = answer.body.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.last?.isEmpty == true)
            for line in lines.dropLast() {
                #expect(try sample.wholeMatch(in: line) != nil || comment.wholeMatch(in: line) != nil, "\(line)")
            }
            for expected in [
                "lawad_up 1", "lawad_watch_present 1", "lawad_averages_published_total 1",
                "lawad_averages_failed_total 0", "lawad_average_progress_ratio 0", "lawad_average_read_bytes 0",
                "lawad_average_size_bytes 0", "lawad_average_flushing 0",
                "lawad_checkpoints{state=\"window\"} 2", "lawad_window_members{recipe=\"lawa\"} 2",
                "lawad_latest_average_step{recipe=\"lawa\"} 2", "lawad_recipe_refused{recipe=\"lawa\"} 0",
            ] {
                #expect(lines.contains(Substring(expected)), "\(expected)")
            }
            // What is not known is left out.
            for name in ["lawad_average_read_bytes_per_second", "lawad_average_remaining_seconds"] {
                #expect(lines.contains("# TYPE \(name) gauge"))
                #expect(!lines.contains { $0.hasPrefix("\(name) ") })
            }
        }
    }

    @Test("a request body is read past, a chunked one too")
    func bodies() async throws {
        try await Self.withDaemon { place, daemon in
            let large = String(repeating: "x", count: 60_000)
            #expect(try await RawConnection.ask(place.socket, "POST", "/v1/rescan", body: large).status == 202)
            let answer = try await RawConnection.ask(place.socket, "POST", "/v1/rescan", body: large + large)
            try Self.expectError(answer, 413, "too_large")
            #expect(try await RawConnection.ask(place.socket, "GET", "/healthz", body: "{}").status == 200)
            let connection = try RawConnection(place.socket)
            connection.send(
                "POST /v1/rescan HTTP/1.1\r\nHost: lawad\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\n\r\n"
            )
            #expect(try await connection.readToEnd().hasPrefix("HTTP/1.1 202"))
            #expect(try await daemon.client.askBytes(.health) == Array("ok\n".utf8))
        }
    }

    @Test(
        "what is no request, or too large a one, is refused, and the next one is answered",
        arguments: [
            "GET /v1/status HTTP/1.1\r\nHost: lawad\r\nX: " + String(repeating: "x", count: 100_000) + "\r\n\r\n",
            "GET /" + String(repeating: "x", count: 100_000) + " HTTP/1.1\r\nHost: lawad\r\n\r\n",
            "GET /v1/status HTTP/1.1\r\nHost: lawad\r\n"
                + (0..<5000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}\r\n\r\n",
            "GET /v1/status\r\n\r\n",
        ]
    )
    func garbage(text: String) async throws {
        try await Self.withDaemon { place, daemon in
            let connection = try RawConnection(place.socket)
            connection.send(text)
            let answer = try await connection.readToEnd()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
            #expect(try await daemon.client.askBytes(.health) == Array("ok\n".utf8))
        }
    }

    @Test("many idle connections neither stop the averages nor the answers afterwards")
    func idleConnections() async throws {
        try await Self.withDaemon { place, daemon in
            var connections = try (0..<200).map { _ in try RawConnection(place.socket) }
            for connection in connections { connection.send("GET /v1/status HTT") }
            try await SyntheticTrainer(place.watch).save(3)
            try await daemon.published(2)
            // What is beyond the limit was told so, or closed at once.
            let beyond = try await connections[199].readToEnd()
            #expect(beyond.isEmpty || beyond.hasPrefix("HTTP/1.1 503"))
            connections.removeAll()
            try await withDeadline("an answer") {
                while (try? await daemon.client.askBytes(.health)) == nil { await Task.yield() }
            }
            #expect(try await daemon.client.ask(.status, as: StatusReport.self).recipes[0].averagesPublished == 2)
        }
    }

    @Test("the socket has the configured mode")
    func mode() async throws {
        try await DaemonPlace.with { place in
            try place.configure(["control": #"{"socket": "\#(place.socket)", "mode": "0600"}"#])
            try await place.withDaemon { daemon in
                try await daemon.ready()
                #expect(try FileStatus.of(place.socket).mode == 0o600)
            }
        }
    }

    /// Runs a daemon that has published the average of steps 1 and 2.
    private static func withDaemon(
        _ body: @escaping @Sendable (DaemonPlace, DaemonUnderTest) async throws -> Void
    ) async throws {
        try await DaemonPlace.with { place in
            try place.configure(k: 2)
            try await SyntheticTrainer(place.watch).save([1, 2])
            let (_, ending) = try await place.withDaemon { daemon in
                try await daemon.published(1)
                try await body(place, daemon)
            }
            #expect(ending.status == .exited(0))
        }
    }

    private static func expectError(
        _ answer: (status: Int, headers: String, body: String),
        _ status: Int,
        _ code: String
    ) throws {
        #expect(answer.status == status)
        #expect(answer.headers.contains("content-type: application/json"))
        let report = try ControlCoding.decode(ErrorReport.self, from: Array(answer.body.utf8))
        #expect(report.error.code == code)
        #expect(!report.error.message.isEmpty && !report.error.hint.isEmpty)
    }
}
