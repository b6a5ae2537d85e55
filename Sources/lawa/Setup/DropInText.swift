import SystemPackage

/// A drop-in for a unit: assignments, each under the reason for it.
struct DropInText: Equatable {
    /// A line or several with one reason.
    struct Entry: Equatable {
        let reason: String
        let lines: [String]
    }

    /// What belongs to the section `[Unit]`.
    var unit: [Entry] = []
    /// What belongs to the section `[Service]`.
    var service: [Entry] = []

    /// The file's text.
    var text: String {
        let sections = [("Unit", unit), ("Service", service)].filter { !$0.1.isEmpty }
        let blocks = sections.map { name, entries in
            "[\(name)]\n" + entries.map { "# \($0.reason)\n" + $0.lines.joined(separator: "\n") + "\n" }.joined()
        }
        return "# Written by `lawa setup`; with --force it writes this file anew.\n\n" + blocks.joined(separator: "\n")
    }

    /// A path as a word of a unit's list; see systemd.syntax(7), "Quoting".
    static func word(_ path: FilePath) -> String {
        // By scalars, because a combining mark behind a quote makes another character of it.
        let scalars = path.string.unicodeScalars
        let text = scalars.map { $0 == "%" ? "%%" : $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return scalars.contains { " \t\"'\\;#".unicodeScalars.contains($0) } ? "\"\(text)\"" : text
    }
}

extension DropInText {
    /// What this run's service needs that the unit does not say.
    init(_ request: SetupRequest, _ findings: SetupFindings, _ account: ServiceAccount, readsEverything: Bool) {
        let places = [request.watch, request.averages, findings.resolved.watch, findings.resolved.output]
        unit = [
            Entry(
                reason: "Starts after the disks of the run and of its averages are mounted.",
                lines: ["RequiresMountsFor=" + Self.parents(of: places).map(Self.word).joined(separator: " ")]
            )
        ]
        service = Self.account(account, readsEverything: readsEverything, umask: findings.umask)
        if places.contains(where: { Self.isBelow($0, ["/home", "/root", "/run/user"]) }) {
            service.append(
                Entry(reason: "The run or its averages lie below a home directory.", lines: ["ProtectHome=no"])
            )
        }
        if places.contains(where: { Self.isBelow($0, ["/tmp", "/var/tmp"]) }) {
            service.append(
                Entry(reason: "The run or its averages lie below /tmp or /var/tmp.", lines: ["PrivateTmp=no"])
            )
        }
    }

    private static func account(_ account: ServiceAccount, readsEverything: Bool, umask: UInt32?) -> [Entry] {
        guard account.kind == .shared else {
            let reason =
                account.kind == .named
                ? "The user that was chosen with --user; averages belong to it."
                : "The user that trains: reads the checkpoints, and averages belong to it."
            let user = Entry(reason: reason, lines: ["User=\(account.userName)", "Group=\(account.groupName)"])
            guard let umask else { return [user] }
            let privacy = Entry(
                reason: "Averages are as private as the run's directory and its weights.",
                lines: [umask == 0o077 ? "UMask=0077" : "UMask=0027"]
            )
            return [user, privacy]
        }
        var entries = [
            Entry(
                reason: "The group that shares the run; averages belong to it.",
                lines: ["Group=\(account.groupName)"]
            ),
            Entry(reason: "Averages are readable for that group and nobody else.", lines: ["UMask=0027"]),
        ]
        guard readsEverything else { return entries }
        let name = "CAP_DAC_READ_SEARCH"
        entries.append(
            Entry(
                reason: "The modes of the checkpoints keep the group out: the right to read every file, and no other.",
                lines: ["AmbientCapabilities=\(name)", "CapabilityBoundingSet=\(name)"]
            )
        )
        return entries
    }

    private static func parents(of places: [FilePath]) -> [FilePath] {
        var parents: [FilePath] = []
        for place in places {
            let parent = place.removingLastComponent()
            if !parents.contains(parent) { parents.append(parent) }
        }
        return parents
    }

    private static func isBelow(_ path: FilePath, _ roots: [FilePath]) -> Bool {
        roots.contains { path.starts(with: $0) }
    }
}
