import FoundationEssentials
import LinuxSystem
package import Logging
import Text

/// Writes log events to standard error, a line each: time, level, message.
///
/// The fields that the journal gets are left out; the message says what people need of them.
package struct TerminalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    /// Logs from a level up.
    package init(level: Logger.Level) {
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: Logging.LogEvent) {
        let time = Date.now.formatted(.iso8601)
        let level = event.level.rawValue.padding(to: 7)
        // Further lines are indented, so that none passes for an entry.
        let message = event.message.description.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).visibleLine }.joined(separator: "\n    ")
        HostProcess.writeToStandardError("\(time) \(level) \(message)\n")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
