import Logging
import Synchronization

/// The level from which on events are logged, which a reload may change.
final class LogLevelBox: Sendable {
    private let level: Mutex<Configuration.LogLevel>

    init(_ level: Configuration.LogLevel) {
        self.level = Mutex(level)
    }

    func set(_ level: Configuration.LogLevel) {
        self.level.withLock { $0 = level }
    }

    var current: Logger.Level {
        switch level.withLock({ $0 }) {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
