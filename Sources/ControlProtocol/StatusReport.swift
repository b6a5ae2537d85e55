/// What the daemon is doing: the answer to `GET /v1/status`.
///
/// Keys are snake_case on the wire; within `/v1` they are only ever added.
package struct StatusReport: Codable, Sendable, Equatable {
    /// The watched directory.
    package struct Watch: Codable, Sendable, Equatable {
        package var path: String
        /// False while the directory does not exist or cannot be read.
        package var present: Bool
        /// The layout in use, or nil while nothing was recognised.
        package var layout: String?
        /// Why nothing can be seen at the moment, if so.
        package var problem: String?
        /// The filesystem's name.
        package var filesystem: String?
        /// `events`, or `polling` where looking at intervals is what counts.
        package var mode: String?
        /// Why events are not relied on, where they are not.
        package var modeReason: String?
        package var checkpointsSeen: Int

        package init(
            path: String,
            present: Bool,
            layout: String?,
            problem: String?,
            filesystem: String?,
            mode: String?,
            modeReason: String?,
            checkpointsSeen: Int
        ) {
            self.path = path
            self.present = present
            self.layout = layout
            self.problem = problem
            self.filesystem = filesystem
            self.mode = mode
            self.modeReason = modeReason
            self.checkpointsSeen = checkpointsSeen
        }
    }

    /// What outlives the trainer's rotation.
    package struct Pins: Codable, Sendable, Equatable {
        /// How pins are made, as configured.
        package var method: String
        /// How the last one was made: `reflink`, `hardlink` or `copy`; nil while that is not known.
        package var means: String?
        /// How many checkpoints are pinned.
        package var count: Int
        /// Bytes of the disk that only pins still hold.
        package var bytes: Int
        /// How many bytes they may hold; nil where only `limits.min_free` bounds them.
        package var limit: Int?

        package init(method: String, means: String?, count: Int, bytes: Int, limit: Int?) {
            self.method = method
            self.means = means
            self.count = count
            self.bytes = bytes
            self.limit = limit
        }
    }

    /// A recipe and its window.
    package struct Recipe: Codable, Sendable, Equatable {
        package var name: String
        /// The window in words, for instance `last 5`.
        package var window: String
        /// How many members an average needs.
        package var needed: Int
        /// The members of the newest window, oldest first.
        package var members: [String]
        /// The newest average.
        package var latest: AverageReport?
        /// Why the newest window has no average, if it has none.
        package var waiting: String?
        /// Whether `waiting` is something that somebody has to mend.
        package var refused: Bool
        package var averagesPublished: Int

        package init(
            name: String,
            window: String,
            needed: Int,
            members: [String],
            latest: AverageReport?,
            waiting: String?,
            refused: Bool,
            averagesPublished: Int
        ) {
            self.name = name
            self.window = window
            self.needed = needed
            self.members = members
            self.latest = latest
            self.waiting = waiting
            self.refused = refused
            self.averagesPublished = averagesPublished
        }
    }

    /// An average that is being made.
    package struct Activity: Codable, Sendable, Equatable {
        package var recipe: String
        package var name: String
        package var step: Int
        /// Bytes that the whole pass reads.
        package var bytesTotal: Int
        package var bytesDone: Int
        /// Since the pass began.
        package var seconds: Double
        /// The recent rate of reading; nil while none can be told.
        package var bytesPerSecond: Double?
        /// Until everything is read, at the recent rate; nil while that cannot be told.
        package var secondsLeft: Double?
        /// `reading`, or `flushing` once all that is left is to bring the average to the disk.
        package var phase: String?

        package init(
            recipe: String,
            name: String,
            step: Int,
            bytesTotal: Int,
            bytesDone: Int,
            seconds: Double,
            bytesPerSecond: Double?,
            secondsLeft: Double?,
            phase: String?
        ) {
            self.recipe = recipe
            self.name = name
            self.step = step
            self.bytesTotal = bytesTotal
            self.bytesDone = bytesDone
            self.seconds = seconds
            self.bytesPerSecond = bytesPerSecond
            self.secondsLeft = secondsLeft
            self.phase = phase
        }
    }

    package var program: String
    package var version: String
    package var pid: Int
    package var instance: String
    package var uptimeSeconds: Double
    package var output: String
    package var watch: Watch
    package var pins: Pins?
    package var newest: CheckpointReport?
    /// What of the newest checkpoint holds numbers and is in no average, in one line; nil where nothing is.
    package var leftOut: String?
    package var recipes: [Recipe]
    package var activity: Activity?
    /// The state in one line, the same that systemd shows.
    package var summary: String
    /// What went wrong last and has not been made good.
    package var problems: [String]
    package var residentBytes: Int?

    package init(
        program: String,
        version: String,
        pid: Int,
        instance: String,
        uptimeSeconds: Double,
        output: String,
        watch: Watch,
        pins: Pins?,
        newest: CheckpointReport?,
        leftOut: String? = nil,
        recipes: [Recipe],
        activity: Activity?,
        summary: String,
        problems: [String],
        residentBytes: Int?
    ) {
        self.program = program
        self.version = version
        self.pid = pid
        self.instance = instance
        self.uptimeSeconds = uptimeSeconds
        self.output = output
        self.watch = watch
        self.pins = pins
        self.newest = newest
        self.leftOut = leftOut
        self.recipes = recipes
        self.activity = activity
        self.summary = summary
        self.problems = problems
        self.residentBytes = residentBytes
    }
}
