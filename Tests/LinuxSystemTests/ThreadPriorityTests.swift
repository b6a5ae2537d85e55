import Glibc
import LinuxSystem
import Synchronization
import Testing

@Suite struct ThreadPriorityTests {
    @Test("only the thread that asks for it yields to others")
    func onlyThatThread() {
        let before = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let inside = Mutex<Int32?>(nil)
        BlockingThreads.run(count: 1, name: "polite") { _ in
            ThreadPriority.yieldToOthers()
            inside.withLock { $0 = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }
        }
        #expect(inside.withLock(\.self) == 19)
        #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == before)
    }
}
