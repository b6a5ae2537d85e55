import Glibc

extension HostProcess {
    /// Whether a descriptor leads to a terminal.
    package static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }

    /// The terminal's width in columns; nil where there is no terminal or it does not say.
    package static func terminalColumns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// The terminal's size; nil where there is no terminal or it does not say.
    package static func terminalSize(_ descriptor: Int32) -> TerminalSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Whether nobody can read any more what is written to a pipe or a terminal.
    package static func isReaderGone(_ descriptor: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) == 1 && state.revents & Int16(POLLERR | POLLHUP) != 0
    }

    /// Writes all of the text to standard error; where that fails there is nobody left to tell.
    package static func writeToStandardError(_ text: String) {
        try? write(text, to: STDERR_FILENO, name: "write to standard error")
    }

    /// Writes all of the text to standard output; EPIPE is thrown, no signal ends the process.
    package static func writeToStandardOutput(_ text: String) throws(SystemCallError) {
        try write(text, to: STDOUT_FILENO, name: "write to standard output")
    }

    static func write(_ text: String, to descriptor: Int32, name: String) throws(SystemCallError) {
        let bytes = Array(text.utf8)
        let errorNumber = withoutBrokenPipeSignal {
            bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
        }
        if errorNumber != 0 {
            throw SystemCallError(call: name, path: nil, errorNumber: errorNumber)
        }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, part.baseAddress, part.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Another program has made the shared descriptor nonblocking.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    // SIGPIPE goes to the thread that writes, so it can be held back there and taken out of the queue.
    private static func withoutBrokenPipeSignal(_ body: () -> Int32) -> Int32 {
        var pipeSignal = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        sigpending(&pending)
        pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
        let errorNumber = body()
        if errorNumber == EPIPE && sigismember(&pending, SIGPIPE) == 0 {
            var immediately = timespec()
            sigtimedwait(&pipeSignal, nil, &immediately)
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return errorNumber
    }
}
