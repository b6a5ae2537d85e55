import Dispatch
import Glibc
import LinuxSystem
import SystemPackage

/// A terminal that programs under test write to, and what they wrote.
final class PseudoTerminal: Sendable {
    /// What was written, in pieces.
    let output = Recording("the terminal")
    /// The end that a program gets.
    let programEnd: FileDescriptor

    private let ownEnd: Int32

    // TIOCSPTLCK and TIOCGPTPEER, which Swift does not import; see ioctl_tty(2).
    private static let setLock: UInt = 0x4004_5431
    private static let openPeer: UInt = 0x5441

    /// Opens one of a size; it is closed when the program's end is closed everywhere.
    init(_ size: TerminalSize) throws {
        ownEnd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var isLocked: Int32 = 0
        guard ownEnd >= 0, ioctl(ownEnd, Self.setLock, &isLocked) == 0 else { throw Errno(rawValue: errno) }
        programEnd = FileDescriptor(rawValue: ioctl(ownEnd, Self.openPeer, O_RDWR | O_NOCTTY | O_CLOEXEC))
        guard programEnd.rawValue >= 0 else { throw Errno(rawValue: errno) }
        resize(size)
        DispatchQueue(label: "terminal").async { [ownEnd, output] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(ownEnd, &buffer, buffer.count)
                guard count > 0 else { break }
                output.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
            close(ownEnd)
            output.finish()
        }
    }

    /// Types text, which waits until a program reads it.
    func type(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard write(ownEnd, bytes, bytes.count) == bytes.count else { throw Errno(rawValue: errno) }
    }

    /// Changes the size.
    func resize(_ size: TerminalSize) {
        var window = winsize()
        (window.ws_col, window.ws_row) = (UInt16(size.columns), UInt16(size.rows))
        _ = ioctl(ownEnd, UInt(TIOCSWINSZ), &window)
    }

    /// Waits until a whole frame that begins after so many others satisfies a condition; returns its lines and number.
    @discardableResult
    func frame(
        after first: Int = 0,
        _ what: String,
        where isFound: @escaping @Sendable ([String]) -> Bool
    ) async throws -> (lines: [String], number: Int) {
        try await output.wait(for: what) { items in
            let frames = Self.frames(items.joined())
            let index = frames.indices.dropFirst(first).first { isFound(frames[$0]) }
            return index.map { (frames[$0], $0) }
        }
    }

    /// The lines of every whole frame, without control codes.
    private static func frames(_ text: String) -> [[String]] {
        // A carriage return and a line feed would be one character.
        let scalars = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
        return scalars.split(separator: "\u{1B}[H", omittingEmptySubsequences: false).dropFirst().compactMap { frame in
            guard let end = frame.firstRange(of: "\u{1B}[?25h") else { return nil }
            let plain = frame[..<end.lowerBound].replacing(/\u{1B}\[[?0-9]*[A-Za-z]/, with: "")
            return plain.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
