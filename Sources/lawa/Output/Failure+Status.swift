extension Failure {
    /// What the process ends with: the numbers of sysexits.h where it has a fitting one, 128 + signal after a signal.
    enum Status: Int32, CaseIterable {
        /// It failed for a reason that no other number stands for.
        case failed = 1
        /// No daemon answers.
        case unreachable = 3
        /// The command line asks for something that makes no sense.
        case usage = 64
        /// What was named is no checkpoint, or the checkpoints do not fit together.
        case badInput = 65
        /// The output is there already, or cannot be written.
        case cannotWrite = 73
        /// The daemon's configuration file has problems.
        case configuration = 78
        /// A checkpoint is incomplete or is changing; later it may work.
        case notYet = 75
        /// Stopped with SIGHUP, as where its terminal goes away.
        case hungUp = 129
        /// Stopped with SIGINT.
        case interrupted = 130
        /// Stopped with SIGTERM.
        case terminated = 143
    }
}
