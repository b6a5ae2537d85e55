import CLinux
import Glibc

extension UnixSocketListener {
    /// Waited before the next try where connections cannot be accepted for a while, in milliseconds; doubled each time.
    private static let pauses: (shortest: Int32, longest: Int32) = (100, 1000)

    /// Hands over each connection as it is made, until `stop`; the calling thread blocks.
    ///
    /// Out of descriptors or memory, clients wait, and are tried for at intervals: the connection that cannot be
    /// accepted would else be told of without end.
    package func accept(_ body: (UnixConnection) -> Void) throws(SystemCallError) {
        var pause = Self.pauses.shortest
        while try !isStopped(waiting: -1, for: Int16(POLLIN)) {
            do throws(SystemCallError) {
                body(try next())
                pause = Self.pauses.shortest
            } catch {
                switch error.errorNumber {
                // Somebody else was faster, or the client has gone.
                case EAGAIN, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    if try isStopped(waiting: pause) { return }
                    pause = min(2 * pause, Self.pauses.longest)
                default: throw error
                }
            }
        }
    }

    private func next() throws(SystemCallError) -> UnixConnection {
        try UnixConnection(OwnedDescriptor(try systemCall("accept a connection at", path) { lawa_accept(descriptor) }))
    }

    /// Waits for events, or for so many milliseconds; that the listener was stopped ends the wait in any case.
    private func isStopped(waiting milliseconds: Int32, for events: Int16 = 0) throws(SystemCallError) -> Bool {
        var state = pollfd(fd: descriptor, events: events, revents: 0)
        _ = try systemCall("wait for connections at", path) { poll(&state, 1, milliseconds) }
        return state.revents & Int16(POLLHUP) != 0
    }
}
