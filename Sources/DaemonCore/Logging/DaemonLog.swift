package import Logging

/// The one place through which the daemon logs.
package struct DaemonLog: Sendable {
    private let logger: Logger
    private let instance: String

    /// Logs through a logger; every entry names the instance.
    package init(_ logger: Logger, instance: String) {
        self.logger = logger
        self.instance = instance
    }

    func callAsFunction(_ event: LogEvent) {
        var metadata: Logger.Metadata = [
            "MESSAGE_ID": "\(event.messageID)", "LAWA_INSTANCE": "\(instance)",
        ]
        for field in event.fields { metadata[field.name] = "\(field.value)" }
        logger.log(level: event.level, "\(event.message)", metadata: metadata)
    }
}
