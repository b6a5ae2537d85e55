import Hummingbird
import LinuxSystem
import NIOCore

/// What a request carries besides itself: the connection, and through it who asks.
struct ControlContext: RequestContext {
    /// SO_PEERCRED of the Linux socket interface (unix(7)).
    private static let peerCredentialsOption = NIOBSDSocket.Option(rawValue: UnixSocket.peerCredentialsOption)

    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The process at the other end, as the kernel knows it.
    func peer() async throws -> PeerCredentials? {
        guard let provider = channel as? any SocketOptionProvider else { return nil }
        return try await provider.unsafeGetSocketOption(level: .socket, name: Self.peerCredentialsOption).get()
    }
}
