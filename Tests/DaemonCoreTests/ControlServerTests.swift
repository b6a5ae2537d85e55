import ControlProtocol
import LinuxSystem
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import DaemonCore

/// The server of the control socket without a daemon behind it.
@Suite struct ControlServerTests {
    @Test("who sends thousands of requests and reads nothing has one answer made, and is closed")
    func flooding() async throws {
        let made = Counter()
        let bounds = ControlBounds(stall: .milliseconds(300))
        try await Self.withServer(bounds) { request in
            if request.path == "/large" { made.count() }
            return .text(request.path == "/large" ? String(repeating: "x", count: 4 << 20) : "small")
        } _: { socket, _ in
            let floods = try (0..<20).map { _ in try RawConnection(socket) }
            let requests = String(repeating: "GET /large HTTP/1.1\r\nHost: lawad\r\n\r\n", count: 500)
            for flood in floods { #expect(flood.flood(requests) > 2 * requests.utf8.count) }
            for _ in 0..<20 {
                #expect(try await RawConnection.ask(socket, "GET", "/other").body == "small")
            }
            for flood in floods { #expect(await flood.waitForClose()) }
            #expect(made.value == 20)
        }
    }

    @Test("requests that are sent at once are answered one after the other", arguments: [false, true])
    func pipelining(closesHalf: Bool) async throws {
        let busy = Counter()
        try await Self.withServer { request in
            #expect(busy.count() == 1)
            await Task.yield()
            busy.count(-1)
            return .text("<\(request.query["n"] ?? "")>")
        } _: { socket, _ in
            let connection = try RawConnection(socket)
            let count = 500
            let requests = (0..<count).map { number in
                let last = number == count - 1 && !closesHalf ? "Connection: close\r\n" : ""
                return "GET /?n=\(number) HTTP/1.1\r\nHost: lawad\r\n\(last)\r\n"
            }
            connection.send(requests.joined())
            if closesHalf { connection.closeHalf() }
            let answers = try await connection.readToEnd()
            let numbers = answers.split(separator: "<").dropFirst().compactMap { Int($0.prefix(while: \.isNumber)) }
            #expect(numbers == Array(0..<count))
        }
    }

    @Test("a client that has closed its half is answered", arguments: ["", "Connection: keep-alive\r\n"])
    func halfClosed(header: String) async throws {
        try await Self.withServer { socket in
            let connection = try RawConnection(socket)
            connection.send("GET /a HTTP/1.1\r\nHost: lawad\r\n\(header)\r\n")
            connection.closeHalf()
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nGET /a"))
        }
    }

    @Test("HEAD gets the head that GET would get, and nothing behind it")
    func head() async throws {
        try await Self.withServer { socket in
            let connection = try RawConnection(socket)
            connection.send("HEAD /abc HTTP/1.1\r\nHost: lawad\r\n\r\nGET /d HTTP/1.1\r\nHost: lawad\r\n\r\n")
            connection.closeHalf()
            let answers = try await connection.readToEnd().split(separator: "HTTP/1.1 200 OK\r\n")
            #expect(answers.count == 2)
            #expect(answers.first?.contains("content-length: 9\r\n") == true)
            #expect(answers.first?.hasSuffix("\r\n\r\n") == true && answers.last?.hasSuffix("GET /d") == true)
        }
    }

    private static let tooLarge = String(repeating: "y", count: 100_000)
    private static let post = "POST / HTTP/1.1\r\nHost: lawad\r\n"

    @Test(
        "what cannot be read, or is too large, is refused with a report, and nothing is carried out",
        arguments: [
            Refused("GET / HTTP/1.1\r\nno header\r\n\r\n", 400, "bad_request"),
            Refused("GET /\r\n\r\n", 400, "bad_request"), Refused("\u{16}\u{3}\u{1}\u{2}\r\n\r\n", 400, "bad_request"),
            Refused("GET / HTTP/2.0\r\n\r\n", 400, "bad_request"),
            Refused("BREW / HTTP/1.1\r\n\r\n", 400, "bad_request"),
            Refused("GET / HTTP/1.1\r\nX: \(tooLarge)\r\n\r\n", 431, "too_large"),
            Refused("GET /\(tooLarge) HTTP/1.1\r\nHost: lawad\r\n\r\n", 431, "too_large"),
            Refused("GET / HTTP/1.1\r\n" + (0..<500).map { "X-\($0): y\r\n" }.joined() + "\r\n", 431, "too_large"),
            Refused("\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 400, "bad_request"),
            Refused("\(post)Transfer-Encoding: chunked\r\n\r\n5\r\nabc", 400, "bad_request"),
            Refused("\(post)Content-Length: x\r\n\r\n", 400, "bad_request"),
            Refused("\(post)Content-Length: 10\r\n\r\nabc", 400, "bad_request"),
            Refused("\(post)Content-Length: 100000\r\n\r\n\(tooLarge)", 413, "too_large"),
            Refused("\(post)Transfer-Encoding: chunked\r\n\r\n186a0\r\n\(tooLarge)\r\n0\r\n\r\n", 413, "too_large"),
        ]
    )
    fileprivate func refusals(refused: Refused) async throws {
        let made = Counter()
        try await Self.withServer { _ in
            made.count()
            return .text("done")
        } _: { socket, _ in
            let connection = try RawConnection(socket)
            connection.send(refused.text)
            connection.closeHalf()
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(refused.status) "), "\(answer)")
            let end = try #require(answer.firstRange(of: "\r\n\r\n"))
            let report = try ControlCoding.decode(ErrorReport.self, from: Array(answer[end.upperBound...].utf8))
            #expect(report.error.code == refused.code && !report.error.message.isEmpty && !report.error.hint.isEmpty)
        }
        #expect(made.value == 0)
    }

    @Test("an address in place of a path, an old client and a request for another protocol are answered and closed")
    func unusual() async throws {
        try await Self.withServer { socket in
            for (line, header) in [
                ("GET http://lawad/a HTTP/1.1", "Connection: close"), ("GET /a HTTP/1.0", "Connection: keep-alive"),
                ("GET /a HTTP/1.1", "Connection: upgrade\r\nUpgrade: h2c"),
            ] {
                let connection = try RawConnection(socket)
                connection.send("\(line)\r\nHost: lawad\r\n\(header)\r\n\r\n")
                #expect(try await connection.readToEnd().hasSuffix("\r\n\r\nGET /a"))
            }
        }
    }

    @Test(
        "a request that does not come to its end is not waited for",
        arguments: ["", "GET / HT", "\(post)Content-Length: 3\r\n\r\n"]
    )
    func slowness(text: String) async throws {
        try await Self.withServer(ControlBounds(request: .milliseconds(50)), Self.echo) { socket, _ in
            let connection = try RawConnection(socket)
            connection.send(text)
            #expect(try await connection.readToEnd().isEmpty)
        }
    }

    @Test("an answer that nobody waits for any more is not made")
    func abandoned() async throws {
        let (cancelled, continuation) = AsyncStream<Void>.makeStream()
        try await Self.withServer { _ in
            await Timer.pass(.seconds(60))
            if Task.isCancelled { continuation.finish() }
            return .text("late")
        } _: { socket, _ in
            try RawConnection(socket).send("GET / HTTP/1.1\r\nHost: lawad\r\n\r\n")
            for await _ in cancelled {}
        }
    }

    @Test("clients that read nothing do not keep the server from ending")
    func ending() async throws {
        // Had these clients to stall before they are closed, the test would take an hour.
        var bounds = ControlBounds(stall: .seconds(3600))
        bounds.farewell = .milliseconds(50)
        let connections = Mutex<[RawConnection]>([])
        try await Self.withServer(bounds) { _ in
            .text(String(repeating: "x", count: 4 << 20))
        } _: { socket, group in
            let flood = try RawConnection(socket)
            let idle = try RawConnection(socket)
            flood.send("GET / HTTP/1.1\r\nHost: lawad\r\n\r\n")
            // The other answer proves that the first was begun.
            _ = try await RawConnection.ask(socket, "GET", "/")
            connections.withLock { $0 = [flood, idle] }
            await group.triggerGracefulShutdown()
        }
    }

    /// Answers with what was asked for.
    private static let echo: @Sendable (ControlRequest) async -> ControlAnswer = { request in
        .text("\(request.method.rawValue) \(request.path)")
    }

    private static func withServer(_ body: @escaping @Sendable (FilePath) async throws -> Void) async throws {
        try await withServer(ControlBounds(), echo) { socket, _ in try await body(socket) }
    }

    /// Runs a server, hands its socket to `body`, and ends it.
    private static func withServer(
        _ bounds: ControlBounds = ControlBounds(),
        _ answer: @escaping @Sendable (ControlRequest) async -> ControlAnswer,
        _ body: @escaping @Sendable (FilePath, ServiceGroup) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let socket = directory.path.appending("s")
        let listener = try UnixSocketListener.bind(socket, mode: 0o600, group: nil)
        let server = ControlServer(listener: listener, bounds: bounds, answer: answer)
        let services = ServiceGroup(services: [server], logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            do {
                try await body(socket, services)
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(try FileStatus.ifPresent(socket) == nil)
    }
}

/// A request that is refused, and how.
private struct Refused: Sendable, CustomTestStringConvertible {
    let text: String
    let status: Int
    let code: String

    init(_ text: String, _ status: Int, _ code: String) {
        self.text = text
        self.status = status
        self.code = code
    }

    var testDescription: String { "\(text.prefix(40)) -> \(status)" }
}

/// Counts, from any thread.
private final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    @discardableResult
    func count(_ difference: Int = 1) -> Int {
        number.wrappingAdd(difference, ordering: .sequentiallyConsistent).newValue
    }
}
