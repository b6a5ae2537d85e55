import Logging

/// Passes events on from a level that may change while the daemon runs.
struct LevelFilteringHandler: LogHandler {
    private let level: LogLevelBox
    private var handler: any LogHandler

    init(level: LogLevelBox, handler: any LogHandler) {
        self.level = level
        self.handler = handler
    }

    var logLevel: Logger.Level {
        get { level.current }
        set { handler.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(event: Logging.LogEvent) {
        handler.log(event: event)
    }
}
