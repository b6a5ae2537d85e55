import Testing

/// A call, the error that it gives, and from which time on in each thread.
struct RefusedCall: CustomTestStringConvertible, Sendable {
    let call: String
    var error = "ENOSPC"
    var time = "1+"

    var testDescription: String { "\(call) \(error) \(time)" }

    var arguments: [String] {
        ["-f", "-qq", "-o", "/dev/null", "-e", "inject=\(call):error=\(error):when=\(time)"]
    }
}
