import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import Testing

@Suite struct BlockingThreadsTests {
    @Suite struct ExitTests {
        @Test func withoutThreadsTheCallerDoesTheWork() async {
            await #expect(processExitsWith: .success) {
                // RLIMIT_NPROC, which the Glibc module lacks. It binds all users but root.
                var limit = rlimit(rlim_cur: 1, rlim_max: 1)
                setrlimit(__rlimit_resource_t(6), &limit)
                setuid(geteuid() == 0 ? 65534 : geteuid())
                let caller = HostProcess.threadIdentifier
                let done = Atomic(0)
                BlockingThreads.run(count: 3, name: "x") { index in
                    if HostProcess.threadIdentifier == caller {
                        done.add(index + 1, ordering: .relaxed)
                    }
                }
                _exit(done.load(ordering: .relaxed) == 6 ? 0 : 1)
            }
        }
    }

    private struct Observation {
        let index: Int
        let thread: Int32
        let name: String
        let blocksTermination: Bool
        let blocksFaults: Bool
    }

    @Test func eachIndexRunsOnceOnAThreadOfItsOwn() {
        let observations = Mutex<[Observation]>([])
        BlockingThreads.run(count: 8, name: "averaging-worker") { index in
            let observation = observe(index)
            observations.withLock { $0.append(observation) }
        }
        let all = observations.withLock { $0 }
        #expect(all.map(\.index).sorted() == Array(0..<8))
        #expect(!all.map(\.thread).contains(HostProcess.threadIdentifier))
        #expect(all.allSatisfy { $0.name == "averaging-worke" })
        #expect(all.allSatisfy { $0.blocksTermination && !$0.blocksFaults })
    }

    @Test func theCallersSignalsStayAsTheyWere() {
        let before = observe(0)
        BlockingThreads.run(count: 1, name: "x") { _ in }
        #expect(observe(0).blocksTermination == before.blocksTermination)
    }

    @Test(arguments: [0, -1])
    func nothingToDo(count: Int) {
        BlockingThreads.run(count: count, name: "x") { _ in Issue.record("ran") }
    }

    @Test func severalRunAtTheSameTime() {
        let arrived = Atomic(0)
        BlockingThreads.run(count: 2, name: "meet") { _ in
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < 2 {
                sched_yield()
            }
        }
        #expect(arrived.load(ordering: .relaxed) == 2)
    }

    private func observe(_ index: Int) -> Observation {
        var mask = sigset_t()
        pthread_sigmask(SIG_SETMASK, nil, &mask)
        var name = [CChar](repeating: 0, count: 64)
        let thread = HostProcess.threadIdentifier
        let descriptor = open("/proc/self/task/\(thread)/comm", O_RDONLY)
        let count = read(descriptor, &name, name.count)
        close(descriptor)
        let text = String(decoding: name.prefix(max(0, count - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return Observation(
            index: index,
            thread: thread,
            name: text,
            blocksTermination: sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGPIPE) == 1,
            blocksFaults: sigismember(&mask, SIGBUS) == 1 || sigismember(&mask, SIGSEGV) == 1
        )
    }
}
