import SystemPackage

/// What strace tells of a process and its children, searched for anything that changes a tree of files.
///
/// It is strict: a line that is not understood, or a call that is not known to be harmless, is a fault like any other,
/// and so is an attempt that failed.
struct FileTrace {
    /// The arguments for strace whose output this reads; calls that could hide others from it are among them.
    static let arguments = [
        "-f", "-y", "-s", "4096", "--seccomp-bpf", "-e", "trace=" + FileTraceCall.traced.joined(separator: ","),
    ]

    /// Something that was done, or tried, to the tree.
    struct Fault: Equatable, CustomStringConvertible {
        let reason: String
        let line: String

        var description: String { "\(reason): \(line)" }
    }

    private let tree: FilePath
    /// The first halves of calls during which another thread was told of.
    private var unfinished: [Substring: String] = [:]
    private(set) var faults: [Fault] = []
    /// How many calls touched something in the tree, harmless ones included; zero means that the trace proves nothing.
    private(set) var touchCount = 0

    /// Reads the lines of a trace.
    init(_ lines: some Sequence<Substring>, of tree: FilePath) {
        self.tree = tree.lexicallyNormalized()
        for line in lines { read(line) }
        for half in unfinished.values where Self.isTold(half) { judge(half + ") = ?") }
    }

    private mutating func read(_ line: Substring) {
        guard let space = line.firstIndex(of: " ") else { return fail("not understood", line) }
        let process = line[..<space]
        let rest = line[space...].drop { $0 == " " }
        if rest.hasPrefix("+++ ") || rest.hasPrefix("--- ") { return }
        // A thread that was killed on its way into the kernel, before strace could read of it what it was about to ask.
        if rest.hasPrefix("???()"), rest.hasSuffix("= ?") { return }
        if rest.hasPrefix("<... ") {
            guard let half = unfinished.removeValue(forKey: process),
                let end = rest.firstRange(of: "resumed>")?.upperBound
            else { return fail("not understood", line) }
            return judge(half + rest[end...])
        }
        if let cut = rest.firstRange(of: " <unfinished ...>"), cut.upperBound == rest.endIndex {
            unfinished[process] = String(rest[..<cut.lowerBound])
            return
        }
        judge(String(rest))
    }

    /// A process that is killed within a call leaves its first half, which may be no more than the name.
    private static func isTold(_ half: String) -> Bool {
        half.contains("\"") || half.contains("<")
    }

    private mutating func judge(_ text: String) {
        guard let call = FileTraceCall(parsing: text) else { return fail("not understood", text[...]) }
        guard let effects = call.effects else { return fail("not known to be harmless", text[...]) }
        let inside = effects.filter { $0.path.map(isInTree) ?? true }
        touchCount += inside.isEmpty ? 0 : 1
        guard let change = inside.first(where: \.isChange) else { return }
        fail(change.path == nil ? "nobody can tell what it changes" : "changes the tree", text[...])
    }

    private func isInTree(_ path: FilePath) -> Bool {
        path.lexicallyNormalized().starts(with: tree)
    }

    private mutating func fail(_ reason: String, _ line: Substring) {
        faults.append(Fault(reason: reason, line: String(line)))
    }
}
