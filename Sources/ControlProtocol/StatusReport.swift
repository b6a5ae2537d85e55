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
        package var checkpointsSeen: Int

        package init(
            path: String,
            present: Bool,
            layout: String?,
            problem: String?,
            filesystem: String?,
            checkpointsSeen: Int
        ) {
            self.path = path
            self.present = present
            self.layout = layout
            self.problem = problem
            self.filesystem = filesystem
            self.checkpointsSeen = checkpointsSeen
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
    package var newest: CheckpointReport?
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
        newest: CheckpointReport?,
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
        self.newest = newest
        self.recipes = recipes
        self.activity = activity
        self.summary = summary
        self.problems = problems
        self.residentBytes = residentBytes
    }
}
