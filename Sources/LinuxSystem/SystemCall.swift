import Glibc
import SystemPackage

/// Runs a system call again as long as a signal interrupts it, and throws the error that it reports by -1.
///
/// `call` is the name for the message; `body` must be only the call, so that errno is still its own.
@discardableResult
func systemCall<Result: SignedInteger>(
    _ call: String,
    _ path: FilePath? = nil,
    to destination: FilePath? = nil,
    _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result != -1 {
            return result
        }
        let errorNumber = errno
        if errorNumber != EINTR {
            throw SystemCallError(call: call, path: path, destination: destination, errorNumber: errorNumber)
        }
    }
}

/// A file descriptor that is closed when its owner goes away.
struct OwnedDescriptor: ~Copyable, Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    /// Gives the descriptor away: it is not closed any more.
    consuming func relinquish() -> Int32 {
        let number = number
        discard self
        return number
    }

    deinit {
        // Not retried: Linux has closed it even where it reports EINTR.
        close(number)
    }
}
