import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct WriterProbeTests {
    @Suite struct ExitTests {
        @Test func filesOfOtherUsersGiveNoAnswer() async {
            await #expect(processExitsWith: .success) {
                setuid(geteuid() == 0 ? 65534 : geteuid())
                let answer = try File.openForReading("/etc/passwd").isOpenForWriting()
                try #require(answer == nil)
            }
        }

        // A writer that comes meanwhile breaks the lease, which sends SIGIO unless told otherwise: that ends a process.
        // In so many rounds there are hundreds of such moments.
        @Test func writersThatComeMeanwhileDoNoHarm() async {
            await #expect(processExitsWith: .success) {
                try withTemporaryDirectory { directory in
                    let path = directory.appending("f")
                    try Fixture.write([1], to: path)
                    let reader = try File.openForReading(path)
                    let isDone = Atomic(false)
                    BlockingThreads.run(count: 2, name: "probe") { index in
                        if index == 0 {
                            for _ in 0..<20_000 {
                                _ = reader.isOpenForWriting()
                            }
                            isDone.store(true, ordering: .relaxed)
                        } else {
                            while !isDone.load(ordering: .relaxed) {
                                close(path.withPlatformString { open($0, O_WRONLY) })
                            }
                        }
                    }
                    try #require(reader.isOpenForWriting() == false)
                }
            }
        }
    }

    @Test func tellsWhetherAWriterHasTheFile() throws {
        try withTemporaryDirectory { directory in
            var writer: File? = try File.create(directory.appending("f"))
            let path = try #require(writer?.path)
            let reader = try File.openForReading(path)
            #expect(reader.isOpenForWriting() == true)
            writer = nil
            #expect(reader.isOpenForWriting() == false)
        }
    }

    @Test func aFileThatIsItselfOpenForWritingHasAWriter() throws {
        try withTemporaryDirectory { directory in
            let file = try File.create(directory.appending("f"))
            #expect(file.isOpenForWriting() == true)
        }
    }

    @Test func theLeaseIsGivenBack() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("f")
            try Fixture.write([1], to: path)
            let reader = try File.openForReading(path)
            #expect(reader.isOpenForWriting() == false)
            // F_GETLEASE, which the Glibc module lacks.
            #expect(fcntl(reader.descriptor, 1025) == F_UNLCK)
        }
    }

}
