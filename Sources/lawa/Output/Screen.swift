/// Text that replaces what is on a terminal's screen.
///
/// A frame is one write: it goes home, overwrites line by line and clears only what is left over, so nothing flickers.
/// It hides the cursor and lets lines run off the edge only until its own end, so that the terminal is as it was
/// whenever the process stops, however it does.
enum Screen {
    private static let escape = "\u{1B}["
    private static let begin = "\(escape)?25l\(escape)?7l\(escape)H"
    private static let end = "\(escape)J\(escape)?7h\(escape)?25h"

    /// A frame of lines that fit the screen; the cursor stays behind the last.
    static func frame(_ lines: [String]) -> String {
        begin + lines.map { "\($0)\(escape)K" }.joined(separator: "\r\n") + end
    }

    /// What moves the text that is there out of a screen's way, for the terminal to scroll back to.
    static func scrolledAway(rows: Int) -> String {
        String(repeating: "\r\n", count: rows)
    }
}
