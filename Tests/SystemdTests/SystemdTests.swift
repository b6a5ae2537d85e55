import Glibc
import Systemd
import Testing

/// The environment belongs to the whole process, so all of its users are in this suite, one after the other.
@Suite(.serialized) struct SystemdTests {
    @Suite(.serialized) struct SystemdNotifierTests {
        private let manager: FakeManager
        private let notifier = SystemdNotifier()

        init() throws {
            manager = try FakeManager()
            setenv("NOTIFY_SOCKET", manager.path, 1)
        }

        @Test func sendsEachState() {
            defer { unsetenv("NOTIFY_SOCKET") }
            notifier.ready(status: "watching /runs/a")
            #expect(manager.next() == "READY=1\nSTATUS=watching /runs/a")
            notifier.status("idle")
            #expect(manager.next() == "STATUS=idle")
            notifier.stopping(status: "bye")
            #expect(manager.next() == "STOPPING=1\nSTATUS=bye")
            notifier.watchdog()
            #expect(manager.next() == "WATCHDOG=1")
            notifier.failed("\"k\" is 0", errorNumber: nil)
            #expect(manager.next() == "STATUS=\"k\" is 0")
            notifier.failed("missing", errorNumber: ENOENT)
            #expect(manager.next() == "ERRNO=2\nSTATUS=missing")
        }

        @Test func reloadingHasItsTimeInTheSameMessage() throws {
            defer { unsetenv("NOTIFY_SOCKET") }
            let before = monotonicMicroseconds()
            notifier.reloading()
            let lines = try #require(manager.next()).split(separator: "\n")
            try #require(lines.count == 2)
            #expect(lines[0] == "RELOADING=1" && lines[1].hasPrefix("MONOTONIC_USEC="))
            let time = try #require(UInt64(lines[1].dropFirst("MONOTONIC_USEC=".count)))
            #expect(time >= before && time <= monotonicMicroseconds())
        }

        @Test(arguments: [
            (Duration.seconds(90), "90000000"), (.microseconds(1), "1"), (.nanoseconds(1), "0"), (.zero, "0"),
            (.seconds(-5), "0"), (.milliseconds(1500), "1500000"), (.seconds(Int64.max), "9223372036854775807"),
        ])
        func extendsTheTimeout(duration: Duration, microseconds: String) {
            defer { unsetenv("NOTIFY_SOCKET") }
            notifier.extendTimeout(duration)
            #expect(manager.next() == "EXTEND_TIMEOUT_USEC=\(microseconds)")
        }

        // A checkpoint's name, which the trainer chooses, may be part of the text.
        @Test(arguments: [
            ("\n", "a"), ("\r\n", "d}\\u{a"), ("\u{2028}", "2028"), ("\0", "0"), ("\u{1B}", "1b"), ("\u{202E}", "202e"),
        ])
        func aStatusCannotSmuggleInAnotherAssignment(text: String, digits: String) {
            defer { unsetenv("NOTIFY_SOCKET") }
            notifier.status("a\(text)MAINPID=1")
            #expect(manager.next() == "STATUS=a\\u{\(digits)}MAINPID=1")
        }

        @Test func nothingIsSentWithoutAManager() {
            unsetenv("NOTIFY_SOCKET")
            notifier.ready(status: "x")
            notifier.reloading()
            #expect(manager.next() == nil)
        }

        @Test func aManagerThatHasGoneDoesNoHarm() {
            defer { unsetenv("NOTIFY_SOCKET") }
            setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1)
            notifier.ready(status: "x")
            setenv("NOTIFY_SOCKET", "", 1)
            notifier.ready(status: "x")
            #expect(manager.next() == nil)
        }

        private func monotonicMicroseconds() -> UInt64 {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
        }
    }

    @Suite(.serialized) struct WatchdogTests {
        @Test func theIntervalIsTheManagers() {
            defer { unsetenv("WATCHDOG_USEC") }
            setenv("WATCHDOG_USEC", "30000000", 1)
            #expect(SystemdNotifier.watchdogInterval == .seconds(30))
            for other in ["0", "", "soon", "-1"] {
                setenv("WATCHDOG_USEC", other, 1)
                #expect(SystemdNotifier.watchdogInterval == nil)
            }
        }

        @Test func anotherProcesssWatchdogIsNotOurs() {
            defer { unsetenv("WATCHDOG_USEC") }
            defer { unsetenv("WATCHDOG_PID") }
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "1", 1)
            #expect(SystemdNotifier.watchdogInterval == nil)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(SystemdNotifier.watchdogInterval == .seconds(30))
        }

        @Test func thereIsNoneByDefault() {
            unsetenv("WATCHDOG_USEC")
            #expect(SystemdNotifier.watchdogInterval == nil)
        }
    }

    @Suite(.serialized) struct JournalTests {
        @Test func standardErrorIsComparedWithTheStream() {
            defer { unsetenv("JOURNAL_STREAM") }
            var status = stat()
            #expect(fstat(STDERR_FILENO, &status) == 0)
            setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
            #expect(Journal.isStandardError)
            for other in ["\(status.st_dev):\(status.st_ino &+ 1)", "\(status.st_dev)", "", "a:b", "0:0"] {
                setenv("JOURNAL_STREAM", other, 1)
                #expect(!Journal.isStandardError)
            }
            unsetenv("JOURNAL_STREAM")
            #expect(!Journal.isStandardError)
        }

        // libsystemd takes an absent journal for success, so this holds on every machine; what a journal receives is
        // seen by the tests under a booted systemd.
        @Test func entriesOfAnySizeAreTaken() {
            let long = String(repeating: "x", count: 300_000)
            let fields = [("MESSAGE", "two\nlines"), ("LAWA_STEP", "1"), ("LAWA_EMPTY", ""), ("LAWA_LONG", long)]
            #expect(Journal.send(fields))
        }

        @Test func fieldsWithoutANameAreRefused() {
            #expect(!Journal.send([("MESSAGE", "x"), ("", "no name")]))
        }
    }
}
