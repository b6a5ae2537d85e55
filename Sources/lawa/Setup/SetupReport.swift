import ControlProtocol
import LinuxSystem
import SystemPackage

/// What setup found and would do, for people.
struct SetupReport {
    let plan: SetupPlan
    let findings: SetupFindings
    let accounts: Accounts

    /// The lines; `columns` is the terminal's width.
    func lines(columns: Int?) -> [String] {
        let found = facts.flatMap { TextWrapping.hanging($0.1, label: $0.0, indentation: 13, columns: columns) }
        let warnings = (plan.warnings + [plan.obstacle].compactMap(\.self)).flatMap {
            [""] + TextWrapping.hanging($0, label: "warning", indentation: 13, columns: columns)
        }
        return found + warnings + files
    }

    /// The commands to run next, after a heading.
    var next: [String] {
        ["", "next:"] + plan.commands.map { "    \($0)" }
            + (plan.files.contains { $0.fate == .replaced } ? ["    " + restart] : [])
    }

    private var restart: String {
        let manager = plan.request.scope == .user ? "systemctl --user" : "systemctl"
        return "\(manager) restart lawad@\(plan.request.instance)"
    }

    private var facts: [(String, String)] {
        [
            ("run", plan.request.watch.string + presence),
            ("layout", layout), ("checkpoints", checkpoints), ("owner", owner), ("filesystem", fileSystem),
            ("output", output), ("space", space), ("service", service),
        ].filter { !$0.1.isEmpty }
    }

    private var presence: String {
        if findings.isHidden { return ", which you may not look at" }
        return findings.directory == nil ? ", which does not exist yet" : ""
    }

    private var layout: String {
        switch findings.layout {
        case .recognised(let name): name
        case .none where findings.isHidden: "unknown"
        case .none: "none is recognised yet; lawad waits for the first checkpoint"
        case .several(let names): "several fit: " + names.joined(separator: ", ")
        case .series(let patterns): "several series of files: " + patterns.joined(separator: ", ")
        case .unknown(let problem): "unknown: \(problem)"
        }
    }

    private var checkpoints: String {
        let saved = findings.saved
        guard saved.count > 0 else { return "" }
        let part = saved.lookedInto < saved.count ? "of the newest \(saved.lookedInto) " : ""
        var text = "\(saved.count), \(part)\(saved.complete) complete"
        if let first = saved.steps.first, let last = saved.steps.last {
            text += first == last ? ": step \(last)" : ": steps \(first) to \(last)\(spacing)"
        }
        if let size = saved.byteCount { text += "; an average takes \(Readable.bytes(size))" }
        return text + (saved.problem.map { "; the newest is not complete: \($0)" } ?? "")
    }

    private var spacing: String {
        let steps = findings.saved.steps
        let gaps = Set(zip(steps.dropFirst(), steps).map { $0 - $1 })
        guard let least = gaps.min(), let most = gaps.max() else { return "" }
        return least == most ? ", every \(least)" : ", \(least) to \(most) apart"
    }

    private var owner: String {
        guard let directory = findings.directory else {
            let nearest = findings.nearest.end
            return "\"\(nearest.path)\", the nearest directory that exists: \(text(nearest.permissions))"
        }
        guard let weights = findings.newestWeights.first?.end.permissions else {
            return text(directory.end.permissions)
        }
        let privacy = weights.isPrivate ? ", private to their owner" : ""
        return "\(text(directory.end.permissions)); newest weights: \(text(weights))\(privacy)"
    }

    private func text(_ permissions: AccessRules) -> String {
        "\(accounts.text(user: permissions.owner)):\(accounts.text(group: permissions.group)), mode \(permissions.modeText)"
    }

    private var fileSystem: String {
        let (name, tellsAllChanges) = findings.fileSystem
        return tellsAllChanges
            ? "\(name); the kernel tells of changes"
            : "\(name); others may write here unseen, so it is looked at every 10 s at least"
    }

    private var output: String {
        let presence = findings.output == nil ? ", which is not there yet" : ""
        let access = SetupAccess(plan.request, findings, plan.account, accounts)
        return "\(plan.request.averages)\(presence); \(access.pinning)"
    }

    private var space: String {
        guard let free = findings.free else { return "" }
        guard let size = findings.saved.byteCount, size > 0 else { return "\(Readable.bytes(free)) free" }
        // limits.min_free stays free.
        let count = max(0, free - 1 << 30) / size
        return
            "\(Readable.bytes(free)) free, room for \(Plural.averages(count)) and 1 GiB left; all averages stay unless "
            + "\"retention\" bounds them"
    }

    private var service: String {
        let account = plan.account
        let user = account.user == 0 ? "root" : "\"\(account.userName)\""
        let rights = plan.readsEverything ? ", with the right to read every file" : ""
        return "lawad@\(plan.request.instance) of the \(plan.request.scope.rawValue)'s manager, as user \(user), "
            + "group \"\(account.groupName)\"\(rights)"
    }

    private var files: [String] {
        var lines: [String] = []
        for file in plan.files {
            lines += ["", "\(file.path) (\(file.fate.rawValue))"]
            if file.fate.isWritten {
                // The text ends with a line feed.
                lines += file.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .map { $0.isEmpty ? "" : "    \($0)" }
            }
        }
        if let directory = plan.directory {
            let owner = "\(plan.account.userName):\(plan.account.groupName)"
            lines += ["", "\(directory.path) (new directory of \(owner), mode \(String(directory.mode, radix: 8)))"]
        }
        return lines
    }
}
