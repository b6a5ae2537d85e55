/// The requests that the control socket answers.
package enum ControlRoute: String, CaseIterable, Sendable {
    case status = "/v1/status"
    case checkpoints = "/v1/checkpoints"
    case averages = "/v1/averages"
    case rescan = "/v1/rescan"
    case reload = "/v1/reload"
    case health = "/healthz"
    case metrics = "/metrics"

    /// Whether the request changes something, which is for root and the daemon's own user.
    package var changes: Bool { self == .rescan || self == .reload }

    /// The method that the route takes.
    package var method: String { changes ? "POST" : "GET" }

    /// The most bytes of an answer that a client takes.
    var answerLimit: Int {
        switch self {
        case .checkpoints, .averages, .metrics: 16 << 20
        case .status: 4 << 20
        case .rescan, .reload, .health: 1 << 20
        }
    }

    /// All methods that the route takes; what can be got can be asked for without its body too.
    package var methods: [String] { changes ? ["POST"] : ["GET", "HEAD"] }
}
