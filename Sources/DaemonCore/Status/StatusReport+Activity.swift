import Averaging
import Checkpoints
import ControlProtocol

extension StatusReport.Activity {
    /// How far an average is at this moment.
    init(_ activity: StatusBoard.Activity) {
        let progress = activity.control.progress
        self.init(
            recipe: activity.recipe,
            name: activity.name,
            step: activity.step.value,
            bytesTotal: progress.bytesTotal,
            bytesDone: progress.bytesDone,
            seconds: progress.seconds,
            bytesPerSecond: progress.bytesPerSecond,
            secondsLeft: progress.secondsLeft,
            phase: progress.phase.rawValue
        )
    }
}
