import Glibc
import Synchronization

/// A connection that a listener has accepted, nonblocking and close-on-exec; closed with the value unless handed over.
package final class UnixConnection: Sendable {
    /// Who connected.
    package let peer: PeerCredentials
    // -1 once it was handed over.
    private let descriptor: Atomic<Int32>

    init(_ descriptor: consuming OwnedDescriptor) throws(SystemCallError) {
        peer = try UnixSocket.peer(of: descriptor.number)
        self.descriptor = Atomic(descriptor.relinquish())
    }

    /// Hands the descriptor over, to be closed by the caller; to be called once.
    package func takeDescriptor() -> Int32 {
        let descriptor = descriptor.exchange(-1, ordering: .sequentiallyConsistent)
        precondition(descriptor >= 0, "the descriptor of a connection was handed over before")
        return descriptor
    }

    deinit {
        let descriptor = descriptor.load(ordering: .sequentiallyConsistent)
        if descriptor >= 0 {
            close(descriptor)
        }
    }
}
