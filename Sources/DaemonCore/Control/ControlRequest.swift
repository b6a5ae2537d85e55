import LinuxSystem
import NIOHTTP1

/// What is asked for, and who asks.
struct ControlRequest: Sendable {
    /// The method.
    let method: HTTPMethod
    /// The path, without the query.
    let path: String
    /// The query's values by their keys, as they stand there; of a key that is given twice the first.
    let query: [String: String]
    /// The process at the other end, as the kernel knows it.
    let peer: PeerCredentials

    /// Reads a request's head.
    init(_ head: HTTPRequestHead, peer: PeerCredentials) {
        method = head.method
        self.peer = peer
        let parts = Self.target(head.uri).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        let pairs = parts.count > 1 ? parts[1].split(separator: "&") : []
        query = pairs.reduce(into: [:]) { query, pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(sides[0])
            if query[key] == nil { query[key] = sides.count > 1 ? String(sides[1]) : "" }
        }
    }

    /// A path is also asked for by a whole address (RFC 9112, 3.2.2).
    private static func target(_ uri: String) -> Substring {
        guard let scheme = uri.firstRange(of: "://"), !uri.hasPrefix("/") else { return uri[...] }
        let rest = uri[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
}
