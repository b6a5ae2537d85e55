import Dispatch
import Glibc
import LinuxSystem
package import SystemPackage

/// A connection to a control socket on which tests say what a well-behaved client would not.
package final class RawConnection: Sendable {
    private let descriptor: FileDescriptor

    /// In seconds; only what hangs takes so long, however busy the machine is.
    private static let patience = 600

    /// Connects; reads give up after ten minutes.
    package init(_ socket: FilePath) throws {
        descriptor = FileDescriptor(rawValue: try UnixSocket.connect(socket))
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        try? descriptor.close()
    }

    /// Sends bytes; a peer that has closed already is not an error.
    package func send(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Sends a text again and again until nothing more goes in.
    ///
    /// - Returns: how many bytes went in.
    @discardableResult
    package func flood(_ text: String, limit: Int = 64 << 20) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < limit {
                let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
                let count = Glibc.send(descriptor.rawValue, bytes.baseAddress, bytes.count, flags)
                if count <= 0 { break }
                sent += count
            }
            return sent
        }
    }

    /// Says that nothing more will be sent.
    package func closeHalf() {
        shutdown(descriptor.rawValue, Int32(SHUT_WR))
    }

    /// Waits until the peer has closed, without reading what it sent; false where that takes ten minutes.
    package func waitForClose() async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "raw-connection").async { [descriptor] in
                // The end of a connection is told whether it is asked for or not.
                var waiting = pollfd(fd: descriptor.rawValue, events: 0, revents: 0)
                continuation.resume(returning: poll(&waiting, 1, Int32(1000 * Self.patience)) == 1)
            }
        }
    }

    /// Everything that comes until the peer closes.
    package func readToEnd() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "raw-connection").async { [self] in
                continuation.resume(with: Result { try readBlocking() })
            }
        }
    }

    /// Sends a request that closes the connection and returns the answer's status and body.
    package static func ask(
        _ socket: FilePath,
        _ method: String,
        _ path: String,
        headers: String = "",
        body: String = ""
    ) async throws -> (status: Int, headers: String, body: String) {
        let connection = try RawConnection(socket)
        connection.send(
            "\(method) \(path) HTTP/1.1\r\nHost: lawad\r\nConnection: close\r\n\(headers)Content-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)"
        )
        let answer = try await connection.readToEnd()
        guard let end = answer.firstRange(of: "\r\n\r\n") else { return (0, answer, "") }
        let words = answer.split(separator: " ", maxSplits: 2)
        return (
            words.count > 1 ? Int(words[1]) ?? 0 : 0, String(answer[..<end.lowerBound]).lowercased(),
            String(answer[end.upperBound...])
        )
    }

    private func readBlocking() throws -> String {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            do {
                let count = try descriptor.read(into: buffer)
                if count == 0 { break }
                bytes += buffer[..<count]
            } catch Errno.connectionReset {
                break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
