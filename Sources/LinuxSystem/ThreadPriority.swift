import CLinux
import Glibc

/// What the calling thread may take from others.
package enum ThreadPriority {
    /// Lets everybody else go first: the lowest scheduling priority, and disk accesses only when the disk is idle.
    ///
    /// A process that may not change them keeps what its supervisor gave it.
    package static func yieldToOthers() {
        // For 0 the kernel takes the calling thread, not the process (setpriority(2), "C library/kernel differences").
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        _ = lawa_set_idle_io_class()
    }
}
