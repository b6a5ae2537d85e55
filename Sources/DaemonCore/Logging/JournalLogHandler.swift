package import Logging
import Systemd

/// Sends log events to the journal with their metadata as fields.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    private let identifier: String

    /// Logs under a syslog identifier.
    package init(identifier: String, level: Logger.Level) {
        self.identifier = identifier
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: Logging.LogEvent) {
        var fields = [
            ("MESSAGE", event.message.description),
            ("PRIORITY", Self.priority(of: event.level)),
            ("SYSLOG_IDENTIFIER", identifier),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        fields += all.map { ($0.key.uppercased(), $0.value.description) }
        _ = Journal.send(fields)
    }

    /// The syslog priority of a level (RFC 5424, section 6.2.1).
    private static func priority(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }
}
