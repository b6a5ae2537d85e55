import LinuxSystem
import Logging
package import SystemPackage
import Systemd
import Text

/// How the daemon's command ends when it fails.
package enum Failure {
    /// Exit statuses as sysexits.h numbers them.
    private enum Status {
        static let failed: Int32 = 1
        static let cannotCreate: Int32 = 73
        static let configuration: Int32 = 78
    }

    /// Runs a command; an error is told once on standard error and becomes the exit status.
    ///
    /// - Parameter instance: the daemon's name, for whom the error becomes an entry of the journal where standard error
    ///   leads there.
    package static func exits(instance: String? = nil, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            if let instance, Journal.isStandardError {
                let logger = Logger(label: "lawad") { _ in JournalLogHandler(identifier: "lawad", level: .debug) }
                DaemonLog(logger, instance: instance)(.failed(reason: "\(error)"))
            } else {
                let lines = (error as? ConfigurationError).map { "\($0)".visibleLines } ?? "\(error)".visibleLine
                HostProcess.writeToStandardError("lawad: \(lines)\n")
            }
            let line = (error as? ConfigurationError)?.summary ?? "\(error)"
            SystemdNotifier().failed(line, errorNumber: errorNumber(of: error))
            HostProcess.exit(status(of: error))
        }
    }

    /// The errno that fits, for `systemctl status`.
    private static func errorNumber(of error: any Error) -> Int32? {
        switch error {
        case is ConfigurationError: Errno.invalidArgument.rawValue
        case let error as SystemCallError: error.errorNumber
        case let error as OutputRefusal: error.cause.errorNumber
        default: nil
        }
    }

    /// 78 for what the operator wrote, 73 for what cannot be written or is held by another daemon, 1 for the rest.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case is ConfigurationError: Status.configuration
        case is LockError, is UnixSocketError, is SystemCallError, is OutputRefusal: Status.cannotCreate
        default: Status.failed
        }
    }
}

/// Arguments as the command line gives them.
package enum CommandLinePath {
    /// A path made absolute, so that it means the same wherever the daemon is.
    package static func absolute(_ text: String) -> FilePath {
        HostProcess.absolute(FilePath(text))
    }
}
