import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What clients of the control socket can take from a daemon.
@Suite(.serialized) struct ControlSocketBoundsTests {
    @Test("out of descriptors the daemon waits instead of spinning, and answers once there are some again")
    func descriptors() async throws {
        try await DaemonPlace.with { place in
            try place.configure()
            let (_, ending) = try await place.withDaemon(script: #"ulimit -n 64; exec "$@""#) { daemon in
                try await daemon.ready()
                var connections = try (0..<100).map { _ in try RawConnection(place.socket) }
                let before = try Self.processorTicks(daemon.processIdentifier)
                await Timer.pass(.seconds(1))
                let used = try Self.processorTicks(daemon.processIdentifier) - before
                #expect(used < sysconf(Int32(_SC_CLK_TCK)) / 4, "\(used) ticks in a second")
                connections.removeAll()
                #expect(try await daemon.client.askBytes(.health) == Array("ok\n".utf8))
            }
            #expect(ending.status == .exited(0))
        }
    }

    @Test("one user cannot take the places of root", .unless(Machine.rightsObstacle))
    func users() async throws {
        try await DaemonPlace.with { place in
            try place.configure(["control": #"{"socket": "\#(place.socket)", "mode": "0666"}"#])
            try #require(chmod(place.root.string, 0o755) == 0)
            try await place.withDaemon { daemon in
                try await daemon.ready()
                let answers = try await Self.occupy(place.socket, as: 65534) {
                    _ = try await daemon.client.askBytes(.health)
                }
                #expect(answers == Array(repeating: "HTTP/1.1 503 Service Unavailable", count: 4))
            }
        }
    }

    /// Takes all places that a user can have and asks for four more; `body` runs while they are held.
    ///
    /// - Returns: how those four were answered.
    private static func occupy(
        _ socket: FilePath,
        as user: Int,
        while body: @escaping @Sendable () async throws -> Void
    ) async throws -> [String] {
        let script = """
            use Socket;
            for my $number (1..36) {
                socket($held[$number], AF_UNIX, SOCK_STREAM, 0) and connect($held[$number], sockaddr_un($ARGV[0])) or die;
                syswrite($held[$number], $number > 32 ? "GET / HTTP/1.1\\r\\nHost: lawad\\r\\n\\r\\n" : "GET");
                if ($number > 32) { sysread($held[$number], $answer, 65536); print((split /\\r/, $answer)[0], "\\n"); }
            }
            $| = 1; print "held\\n"; sleep 60;
            """
        let arguments = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "perl", "-e", script, socket.string]
        return try await Subprocess.run(
            .name("setpriv"),
            arguments: Arguments(arguments),
            workingDirectory: "/",
            input: .none,
            output: .sequence,
            error: .discarded
        ) { execution in
            var answers: [String] = []
            for try await line in execution.standardOutput.strings() {
                if line.hasPrefix("held") {
                    try await body()
                    try execution.send(signal: .kill)
                } else {
                    answers.append(String(line.prefix { !$0.isNewline }))
                }
            }
            return answers
        }.closureResult
    }

    /// The processor time that a process has used (proc_pid_stat(5)).
    private static func processorTicks(_ process: Int32) throws -> Int {
        let file = try FileDescriptor.open("/proc/\(process)/stat", .readOnly)
        let bytes = try file.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 1024) {
                $1 = try file.read(into: UnsafeMutableRawBufferPointer($0))
            }
        }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return try #require(Int(fields[13])) + #require(Int(fields[14]))
    }
}
