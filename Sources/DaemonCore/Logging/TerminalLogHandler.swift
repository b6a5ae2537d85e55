import FoundationEssentials
import LinuxSystem
package import Logging

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
        HostProcess.writeToStandardError("\(time) \(level) \(event.message.description.terminalSafe)\n")
    }
}

extension String {
    /// The text with control characters made visible and further lines indented, so that a name from a file can neither
    /// command the terminal nor pass for a log line.
    fileprivate var terminalSafe: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\n": text += "\n    "
            case _ where scalar.properties.generalCategory == .control: text += scalar.escaped(asASCII: true)
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
