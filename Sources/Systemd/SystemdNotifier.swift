import CSystemd
import Text

/// Tells systemd how the service is doing, by sd_notify(3); does nothing where systemd does not supervise it.
///
/// Failures are not reported: there is nobody to tell, and a message that does not arrive shows as a start or watchdog
/// timeout.
package struct SystemdNotifier: Sendable {
    /// Makes a notifier; it has no state.
    package init() {}

    /// How often the manager expects `watchdog` at the latest; nil where it does not.
    ///
    /// Send it at half of that.
    package static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else {
            return nil
        }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// The service is up, or has finished reloading.
    package func ready(status: String) {
        send(["READY=1", Self.statusLine(status)])
    }

    /// One line for `systemctl status`.
    package func status(_ text: String) {
        send([Self.statusLine(text)])
    }

    /// The service reads its configuration anew; `ready` ends it.
    ///
    /// The time goes in the same message, as Type=notify-reload demands.
    package func reloading() {
        send(["RELOADING=1", "MONOTONIC_USEC=\(csystemd_monotonic_microseconds())"])
    }

    /// The service is shutting down.
    package func stopping(status: String) {
        send(["STOPPING=1", Self.statusLine(status)])
    }

    /// The service is alive and makes progress.
    package func watchdog() {
        send(["WATCHDOG=1"])
    }

    /// Start or stop takes longer: the manager is to wait this long from now.
    package func extendTimeout(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (microseconds, overflow) = max(0, seconds).multipliedReportingOverflow(by: 1_000_000)
        let (sum, sumOverflow) = microseconds.addingReportingOverflow(max(0, attoseconds) / 1_000_000_000_000)
        send(["EXTEND_TIMEOUT_USEC=\(overflow || sumOverflow ? Int64.max : sum)"])
    }

    /// The service ends because of an error: the text for `systemctl status`, and the errno that fits, if one does.
    package func failed(_ text: String, errorNumber: Int32?) {
        send((errorNumber.map { ["ERRNO=\($0)"] } ?? []) + [Self.statusLine(text)])
    }

    // A line break would start another assignment, and systemctl prints the text as it is.
    private static func statusLine(_ text: String) -> String {
        "STATUS=" + text.visibleLine
    }

    private func send(_ assignments: [String]) {
        _ = sd_notify(0, assignments.joined(separator: "\n"))
    }
}
