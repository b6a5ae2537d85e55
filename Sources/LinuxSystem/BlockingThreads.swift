import CLinux
import Glibc

/// Threads for work that computes or blocks for long, which the Swift concurrency pool must not be made to do.
package enum BlockingThreads {
    private static let stackSize = 1 << 20

    /// Runs `body` for 0..<count, each on a thread of its own, and returns when all are done.
    ///
    /// The threads have 1 MiB of stack, the name (15 bytes of it), and take no signals but those of their own faults.
    /// Where the system gives no more threads, the calling thread does what is left, one after the other: so no call
    /// of `body` may wait for another one.
    package static func run(count: Int, name: String, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var threads: [pthread_t] = []
            var leftOver: [Int] = []
            withAsynchronousSignalsBlocked {
                for index in 0..<max(0, count) {
                    if let thread = start(Job(name: name, index: index, body: body)) {
                        threads.append(thread)
                    } else {
                        leftOver.append(index)
                    }
                }
            }
            leftOver.forEach(body)
            for thread in threads {
                pthread_join(thread, nil)
            }
        }
    }

    private final class Job: Sendable {
        let name: String
        let index: Int
        let body: @Sendable (Int) -> Void

        init(name: String, index: Int, body: @escaping @Sendable (Int) -> Void) {
            self.name = name
            self.index = index
            self.body = body
        }

        func run() {
            lawa_set_thread_name(name)
            body(index)
        }
    }

    private static func start(_ job: Job) -> pthread_t? {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        let argument = Unmanaged.passRetained(job)
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            &attributes,
            { argument in
                if let argument {
                    Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            argument.toOpaque()
        )
        guard status == 0 else {
            argument.release()
            return nil
        }
        return thread
    }

    // A new thread has its maker's mask, so it is set around the making. The signals of faults stay: a blocked one
    // would end the process without asking the handler of `MappedFile`.
    private static func withAsynchronousSignalsBlocked(_ body: () -> Void) {
        var blocked = sigset_t()
        var before = sigset_t()
        sigfillset(&blocked)
        for fault in [SIGBUS, SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGABRT] {
            sigdelset(&blocked, fault)
        }
        pthread_sigmask(SIG_SETMASK, &blocked, &before)
        body()
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
