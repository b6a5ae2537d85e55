import Averaging

/// Draws the progress of an average on the terminal, five times a second, and wipes it at the end.
struct ProgressMeter {
    let control: AveragingControl

    /// Draws until the task is cancelled; draws nothing where standard error is no terminal.
    func run() async {
        var shown = 0
        while let columns = Console.errorColumns, !Task.isCancelled {
            let line = ProgressText(control.progress).line(columns: columns)
            Console.draw("\r" + line + String(repeating: " ", count: max(0, shown - line.count)))
            shown = line.count
            // Cancellation ends the sleep early, and that is all it has to do.
            try? await Task.sleep(for: .milliseconds(200))
        }
        if shown > 0 { Console.draw("\r" + String(repeating: " ", count: shown) + "\r") }
    }
}
