package import Averaging
package import Checkpoints
package import SystemPackage

/// What the daemon is told: the watched directory, and how to treat it.
///
/// Every value but `watch` has the default that `config.example.json` shows.
package struct Configuration: Sendable, Equatable {
    /// What the daemon may take of the machine.
    package struct Limits: Sendable, Equatable {
        /// Bytes that stay free on the output's filesystem whatever happens.
        package var minFree = 1 << 30
        /// Bytes that pins alone may hold; nil lets only `minFree` bound them.
        package var maxPinned: Int?
        /// What an average may take.
        package var averaging = EngineLimits()
    }

    /// A command that is run for each average.
    package struct Hook: Sendable, Equatable {
        /// Program and arguments; no shell is involved.
        package var command: [String]
        /// When a command that hangs is ended.
        package var timeout = Duration.seconds(300)
    }

    /// The control socket.
    package struct Control: Sendable, Equatable {
        /// Its path; nil takes the place of the instance.
        package var socket: FilePath?
        /// Its permission bits.
        package var mode: UInt32 = 0o660
        /// The group that it is given to; nil leaves that of the process.
        package var group: String?
    }

    /// What tells which of two checkpoints of a run is the later one.
    package enum SaveOrder: String, CaseIterable, Sendable {
        /// The step; a lower step that was saved after a higher one, by the files' times, begins the windows anew.
        case auto
        /// The step alone.
        case step
    }

    /// How much is logged.
    package enum LogLevel: String, CaseIterable, Sendable {
        case debug
        case info
        case notice
        case warning
        case error
    }

    /// The directory in which the trainer saves, absolute.
    package var watch: FilePath
    /// Where averages go; nil is `<watch>.lawa`.
    package var output: FilePath?
    /// `auto` or the name of a layout.
    package var layout = TrainerLayouts.automaticName
    /// See `SaveOrder`.
    package var order = SaveOrder.auto
    /// What is averaged; never empty, names are unique.
    package var recipes = [Recipe.lawa]
    /// Which tensors are averaged.
    package var tensors = TensorRules()
    /// The keys that lead to each part of the model within a file that holds more, joined by slashes; nil finds out.
    package var model: [String]?
    /// How members outlive the trainer's rotation.
    package var pin = PinMethod.auto
    /// Which averages are removed.
    package var retention = RetentionPolicy()
    /// See `Limits`.
    package var limits = Limits()
    /// How long a checkpoint's files must have been quiet before they are looked into.
    package var settle = Duration.seconds(1)
    /// The period of the full look that does not wait for events.
    package var rescan = Duration.seconds(30)
    /// Run after each average.
    package var onAverage: Hook?
    /// See `Control`.
    package var control = Control()
    /// See `LogLevel`.
    package var logLevel = LogLevel.info

    /// All defaults for a directory.
    package init(watch: FilePath) {
        self.watch = watch
    }

    /// Where averages go.
    package var outputRoot: FilePath {
        output ?? watch.removingLastComponent().appending("\(watch.lastComponent?.string ?? "").lawa")
    }
}
