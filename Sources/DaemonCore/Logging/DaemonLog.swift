package import Logging

/// The one place through which the daemon logs.
package struct DaemonLog: Sendable {
    private let logger: Logger

    /// Logs through a logger.
    package init(_ logger: Logger) {
        self.logger = logger
    }

    func callAsFunction(_ event: LogEvent) {
        var metadata: Logger.Metadata = ["MESSAGE_ID": "\(event.messageID)"]
        for field in event.fields { metadata[field.name] = "\(field.value)" }
        logger.log(level: event.level, "\(event.message)", metadata: metadata)
    }
}
