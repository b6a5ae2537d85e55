/// Which whole checkpoints belong to the run as it is now, where a trainer resumed from an earlier step or a new run began
/// in the same directory.
///
/// Told by the files' times alone, so that it is the same after a restart and whatever became known in which order: saving
/// goes up in steps, so a lower step that was saved after a higher one is of another course of the run. Copies of a
/// directory have times as well, those of the copying, which follow one another without a pause and tell nothing.
package struct RunHistory: Sendable {
    /// Where the run went back.
    package struct WentBack: Sendable {
        /// The latest by step of those saved before.
        package let last: Checkpoint
        /// What was saved first afterwards.
        package let first: Checkpoint
    }

    /// What belongs to the run as it is now, in ascending order of steps and names.
    package let current: [Checkpoint]
    /// What was saved before the run went back for the last time, in ascending order of steps and names.
    package let superseded: [Checkpoint]
    /// Where it went back for the last time; nil where nothing says that it did.
    package let wentBack: WentBack?

    /// Tells the courses of a run apart.
    ///
    /// Versions of one file that is written in place need no pause between them: nobody copies such a file in another
    /// order than it was saved in.
    ///
    /// - Parameter now: nanoseconds since 1970; a time after it is no evidence of anything.
    package init(of checkpoints: [Checkpoint], now: Int64 = .max) {
        let all = checkpoints.enumerated().map { Saving($0.element, position: $0.offset) }
        let saved = all.filter { $0.time.lowerBound <= now }.sorted()
        let undated = all.filter { $0.time.lowerBound > now }
        var start = 0
        var ends: (last: Int, first: Int)?
        var course: Course?
        for (index, saving) in saved.enumerated() {
            let isVersion = { checkpoints[saving.position].candidate.isVersion }
            if let course, course.isLeft(by: saving, isVersion: isVersion) {
                ends = (course.latest.position, saving.position)
                start = index
            }
            course = start == index ? Course(startingWith: saving) : course?.continued(by: saving)
        }
        let ascending = { (savings: ArraySlice<Saving>) in
            savings.sorted { ($0.step, $0.name) < ($1.step, $1.name) }.map { checkpoints[$0.position] }
        }
        current = ascending(saved[start...] + undated)
        superseded = ascending(saved[..<start])
        wentBack = ends.map { WentBack(last: checkpoints[$0.last], first: checkpoints[$0.first]) }
    }
}

/// When a checkpoint was saved, in nanoseconds since 1970.
private struct Saving: Comparable {
    /// How fast weights are copied at the least, 50 MB/s: what comes within the time that they take is no pause.
    private static let copyingNanosecondsPerByte = 20
    /// What making files takes beyond their bytes.
    private static let unnoticedPause = 50_000_000

    /// Which of the checkpoints it is.
    let position: Int
    /// When the first of its weight files was written, and when the last of all its files.
    ///
    /// Small files may be older than the checkpoint, copied with their times; and an optimizer's state, which takes longer
    /// than the weights, follows them in a copy.
    let time: ClosedRange<Int64>
    let step: Step
    let name: String
    private let byteCount: Int

    init(_ checkpoint: Checkpoint, position: Int) {
        self.position = position
        let times = checkpoint.weights.map(\.fingerprint.modificationTime)
        let began = times.min() ?? 0
        time = began...max(began, checkpoint.savingEnded)
        step = checkpoint.step
        name = checkpoint.name
        byteCount = checkpoint.weightByteCount
    }

    /// Whether more time lies between the end of something and this than it takes to copy this.
    func isApart(from end: Int64) -> Bool {
        guard time.lowerBound > end else { return false }
        let (pause, isBeyondCounting) = time.lowerBound.subtractingReportingOverflow(end)
        let (copying, isEndless) = byteCount.multipliedReportingOverflow(by: Self.copyingNanosecondsPerByte)
        return isBeyondCounting || !isEndless && Int(pause) - Self.unnoticedPause > copying
    }

    static func < (left: Saving, right: Saving) -> Bool {
        guard left.time.lowerBound == right.time.lowerBound else {
            return left.time.lowerBound < right.time.lowerBound
        }
        return (left.step, left.name) < (right.step, right.name)
    }
}

/// What was saved without going back.
private struct Course {
    /// The one of the highest step so far.
    let latest: Saving
    /// When the last of it had been written.
    private let end: Int64

    init(startingWith saving: Saving) {
        self.init(latest: saving, end: saving.time.upperBound)
    }

    private init(latest: Saving, end: Int64) {
        self.latest = latest
        self.end = end
    }

    func isLeft(by saving: Saving, isVersion: () -> Bool) -> Bool {
        saving.step < latest.step && (saving.isApart(from: end) || isVersion())
    }

    func continued(by saving: Saving) -> Course {
        Course(latest: saving.step < latest.step ? latest : saving, end: max(end, saving.time.upperBound))
    }
}
