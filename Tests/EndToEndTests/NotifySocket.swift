import Dispatch
import Glibc
import SystemPackage

/// The service manager's end of $NOTIFY_SOCKET; each message is one text.
final class NotifySocket: Sendable {
    /// Where it is bound.
    let path: FilePath
    /// What was sent, in order.
    let messages = Recording("messages to the service manager")

    // Set once, and sources may be used from any thread.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    /// Binds a datagram socket.
    init(_ path: FilePath) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.string.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: "notify"))
        source.setEventHandler { [messages] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { messages.append(String(decoding: buffer[..<count], as: UTF8.self)) }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit {
        source.cancel()
    }
}
