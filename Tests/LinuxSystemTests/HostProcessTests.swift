import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct HostProcessTests {
    @Suite struct ExitTests {
        @Test func aRemovedWorkingDirectoryStillHasAPath() async {
            await #expect(processExitsWith: .success) {
                try withTemporaryDirectory { directory in
                    let gone = directory.appending("gone")
                    try Publication.makeDirectories(gone)
                    chdir(gone.string)
                    try Publication.removeTree(gone)
                    try #require(HostProcess.currentDirectory == "/proc/self/cwd")
                }
            }
        }
    }

    @Test(arguments: [
        ("/a/b", "/a/b"), ("/a/../b", "/b"), ("/a/./b/", "/a/b"), ("/../x", "/x"), ("//a//b", "/a/b"), ("/", "/"),
    ])
    func absolutePathsAreNormalized(path: String, expected: FilePath) {
        #expect(HostProcess.absolute(FilePath(path)) == expected)
    }

    @Test func relativePathsStartAtTheWorkingDirectory() {
        let here = HostProcess.currentDirectory
        #expect(here.isAbsolute)
        #expect(HostProcess.absolute("x/../y") == here.appending("y"))
        #expect(HostProcess.absolute("..") == here.removingLastComponent())
        #expect(HostProcess.absolute("") == here)
    }

    @Test func knowsItself() throws {
        #expect(HostProcess.identifier == getpid())
        #expect(HostProcess.effectiveUser == geteuid())
        #expect(HostProcess.environment("PATH") != nil)
        #expect(HostProcess.environment("LAWA_NO_SUCH_VARIABLE") == nil)
        #expect(HostProcess.userName(of: 0) == "root")
        #expect(HostProcess.userName(of: 4_000_000_000) == nil)
        #expect(HostProcess.groupID(named: "root") == 0)
        #expect(HostProcess.groupID(named: "no-such-group") == nil)
        let resident = try #require(HostProcess.residentBytes)
        let anonymous = try #require(HostProcess.anonymousResidentBytes)
        #expect(resident > 1 << 20 && anonymous > 0 && anonymous < resident)
    }

    @Test func clocksGoForward() {
        let first = HostProcess.monotonicMicroseconds
        #expect(first > 0)
        #expect(HostProcess.monotonicMicroseconds >= first)
        // After the year 2020.
        #expect(HostProcess.realtimeNanoseconds > 1_577_836_800_000_000_000)
    }

    @Test func aClosedPipeIsAnErrorAndNoSignal() throws {
        let (reader, writer) = try pipePair()
        close(reader)
        defer { close(writer) }
        let error = #expect(throws: SystemCallError.self) {
            try HostProcess.write("x", to: writer, name: "write to standard output")
        }
        #expect(error?.errorNumber == EPIPE)
        var pending = sigset_t()
        sigpending(&pending)
        #expect(sigismember(&pending, SIGPIPE) == 0)
    }

    @Test func longTextsAreWrittenWholeEvenIntoNonblockingPipes() throws {
        let (reader, writer) = try pipePair()
        #expect(fcntl(writer, F_SETFL, O_NONBLOCK) == 0)
        let text = String(repeating: "0123456789", count: 100_000)
        var received: [UInt8] = []
        withUnsafeMutablePointer(to: &received) { pointer in
            nonisolated(unsafe) let pointer = pointer
            BlockingThreads.run(count: 2, name: "pipe") { index in
                if index == 0 {
                    try? HostProcess.write(text, to: writer, name: "write")
                    close(writer)
                } else {
                    pointer.pointee = readAll(reader)
                }
            }
        }
        close(reader)
        #expect(received == Array(text.utf8))
    }

    @Test func pipesAreNoTerminals() throws {
        let (reader, writer) = try pipePair()
        defer { close(reader) }
        defer { close(writer) }
        #expect(!HostProcess.isTerminal(writer))
        #expect(HostProcess.terminalColumns(writer) == nil)
        #expect(HostProcess.terminalSize(writer) == nil)
        #expect(!HostProcess.isTerminal(-1))
    }

    @Test func terminalsHaveAWidth() throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(terminal >= 0)
        defer { close(terminal) }
        #expect(HostProcess.isTerminal(terminal))
        #expect(HostProcess.terminalColumns(terminal) == nil)
        #expect(HostProcess.terminalSize(terminal) == nil)
        var size = winsize(ws_row: 24, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(HostProcess.terminalColumns(terminal) == 132)
        #expect(HostProcess.terminalSize(terminal) == TerminalSize(columns: 132, rows: 24))
    }

    @Test func aPipeTellsThatItsReaderHasGone() throws {
        let (reader, writer) = try pipePair()
        defer { close(writer) }
        #expect(!HostProcess.isReaderGone(writer))
        close(reader)
        #expect(HostProcess.isReaderGone(writer))
    }

    @Test func aFileNeverLosesItsReader() throws {
        try withTemporaryDirectory { directory in
            let file = open(directory.appending("file").string, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
            try #require(file >= 0)
            defer { close(file) }
            #expect(!HostProcess.isReaderGone(file))
        }
    }

    private func pipePair() throws -> (reader: Int32, writer: Int32) {
        var descriptors: [Int32] = [0, 0]
        try #require(pipe(&descriptors) == 0)
        return (descriptors[0], descriptors[1])
    }

    private func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 {
                return bytes
            }
            bytes += buffer[..<count]
        }
    }
}
