import ControlProtocol
import LinuxSystem
import SystemPackage
import Text

/// The two streams: answers on standard output, everything else on standard error.
enum Console {
    private static let standardInput: Int32 = 0
    private static let standardOutput: Int32 = 1
    private static let standardError: Int32 = 2

    /// Columns that text on standard output may use; nil where it goes to a file or a pipe, which have no width.
    static var columns: Int? {
        HostProcess.isTerminal(standardOutput) ? HostProcess.terminalColumns(standardOutput) ?? 80 : nil
    }

    /// The screen that standard output can draw on; nil where it goes elsewhere, or to a terminal that can only print.
    static var screen: TerminalSize? {
        guard HostProcess.isTerminal(standardOutput), let kind = HostProcess.environment("TERM"), kind != "dumb" else {
            return nil
        }
        return HostProcess.terminalSize(standardOutput) ?? TerminalSize(columns: 80, rows: 24)
    }

    /// Whether what is written to standard output can reach nobody any more.
    static var isReaderGone: Bool { HostProcess.isReaderGone(standardOutput) }

    /// Columns of the terminal that standard error leads to; nil where it leads to none.
    static var errorColumns: Int? {
        HostProcess.isTerminal(standardError) ? HostProcess.terminalColumns(standardError) ?? 80 : nil
    }

    /// Writes lines of text to standard output; where that cannot be done, `Failure` or the broken pipe is thrown.
    static func answer(_ text: String) throws {
        try write(text.visibleLines)
    }

    /// Writes one JSON object to standard output.
    static func answer(json value: some Encodable) throws {
        try answer(json: ControlCoding.encode(value))
    }

    /// Writes a JSON object that is encoded already.
    static func answer(json bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        try write(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// Puts a frame for the screen on standard output, control codes included.
    static func show(_ frame: String) throws {
        try write(raw: frame)
    }

    /// Asks a question on the terminal and returns the line that is typed; nil where nobody sits at one.
    static func ask(_ question: String) throws -> String? {
        guard HostProcess.isTerminal(standardInput), HostProcess.isTerminal(standardOutput) else { return nil }
        try write(raw: "\n" + question)
        return readLine() ?? ""
    }

    /// Says something on standard error, in one line after the program's name.
    static func complain(_ message: String) {
        HostProcess.writeToStandardError("lawa: \(message.visibleLine)\n")
    }

    /// Says why a verb failed: one line, and one more for each detail.
    static func complain(_ failure: Failure) {
        complain(failure.message)
        for detail in failure.details {
            HostProcess.writeToStandardError("  \(detail.visibleLine)\n")
        }
    }

    /// Says what is wrong with the command line, with the usage in further lines.
    static func complain(_ usage: UsageText) {
        HostProcess.writeToStandardError("lawa: \(usage.text.visibleLines)\n")
    }

    /// Puts raw text on standard error, as a line that is drawn again and again needs.
    static func draw(_ text: String) {
        HostProcess.writeToStandardError(text)
    }

    /// Whether an error says that the reader of our output has gone.
    static func isBrokenPipe(_ error: any Error) -> Bool {
        (error as? SystemCallError).map { Errno(rawValue: $0.errorNumber) == .brokenPipe } ?? false
    }

    private static func write(_ text: String) throws {
        try write(raw: text + "\n")
    }

    private static func write(raw text: String) throws {
        do {
            try HostProcess.writeToStandardOutput(text)
        } catch  where isBrokenPipe(error) {
            throw error
        } catch {
            throw Failure(.cannotWrite, "\(error)")
        }
    }
}
