import Averaging

/// Draws the progress of an average on the terminal, five times a second, and wipes it at the end.
struct ProgressMeter {
    let control: AveragingControl
    let bytesTotal: Int

    /// Draws until the task is cancelled; draws nothing where standard error is no terminal.
    func run() async {
        let start = ContinuousClock.now
        var shown = 0
        while let columns = Console.errorColumns, !Task.isCancelled {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let text = ProgressText(fraction: control.fraction, bytesTotal: bytesTotal, seconds: seconds)
            let line = text.line(columns: columns)
            Console.draw("\r" + line + String(repeating: " ", count: max(0, shown - line.count)))
            shown = line.count
            // Cancellation ends the sleep early, and that is all it has to do.
            try? await Task.sleep(for: .milliseconds(200))
        }
        if shown > 0 { Console.draw("\r" + String(repeating: " ", count: shown) + "\r") }
    }
}
