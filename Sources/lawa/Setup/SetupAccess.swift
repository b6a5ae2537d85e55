import ControlProtocol
import LinuxSystem
import SystemPackage

/// What the service's account may do with a run, by modes alone; pure.
struct SetupAccess {
    private let request: SetupRequest
    private let findings: SetupFindings
    private let account: ServiceAccount
    private let accounts: Accounts

    /// What keeps the account from reading the run, whatever capability it may be given later.
    let unreadable: PathFacts.Part?
    /// Whether the right to read every file has to make up for that.
    let readsEverything: Bool
    /// What keeps the account from making the output.
    let cannotMakeOutput: PathFacts.Part?

    /// Compares permissions with an account.
    init(_ request: SetupRequest, _ findings: SetupFindings, _ account: ServiceAccount, _ accounts: Accounts) {
        self.request = request
        self.findings = findings
        self.account = account
        self.accounts = accounts
        unreadable = Self.unreadable(findings, account.rights())
        readsEverything = account.kind == .shared && unreadable != nil
        let rights = account.rights(readsEverything ? .reading : .none)
        cannotMakeOutput = findings.outputParent.refusal(of: [.write, .search], to: rights)
    }

    private static func unreadable(_ findings: SetupFindings, _ rights: Rights) -> PathFacts.Part? {
        guard let directory = findings.directory else {
            // The way to it has to be open at least.
            return findings.nearest.refusal(of: .search, to: rights)
        }
        for directory in [directory, findings.newestDirectory].compactMap(\.self) {
            if let refusal = directory.refusal(of: [.read, .search], to: rights) { return refusal }
        }
        let files = findings.newestWeights + findings.newestCompanions
        return files.lazy.compactMap { $0.refusal(of: .read, to: rights) }.first
    }

    /// What to know about rights; `isMade`: whether the output is made by setup or its absence told of.
    func warnings(isMade: Bool) -> [String] {
        [reading, writing(isMade: isMade), configuration, pins].compactMap { $0 }
    }

    private var reading: String? {
        if account.kind == .shared { return sharing }
        guard let unreadable else { return nil }
        let remedy =
            switch account.kind {
            case .oneself: "ask root to run `lawa setup \(request.watch)`, which can choose the trainer's user"
            case .trainer: "name a user that may with --user, or the group that shares the run with --group"
            default: "name the trainer's own user, or the group that shares the run with --group"
            }
        return "\"\(account.userName)\" cannot read \(text(unreadable)), by its mode; \(remedy)"
    }

    private var sharing: String? {
        let group = account.groupName
        guard let unreadable else {
            guard findings.newestWeights.isEmpty else { return nil }
            return
                "no checkpoint is there to tell whether group \"\(group)\" can read what the trainer saves; it is taken "
                + "that it can, as it can read the directory; safetensors makes files of mode 0600: run setup again with "
                + "--force once there is a checkpoint"
        }
        return
            "group \"\(group)\" cannot read \(text(unreadable)), by its mode, so the service is given the right to read "
            + "every file (CAP_DAC_READ_SEARCH); without it: run as the trainer's own user (--user), or have the trainer "
            + "make what it saves readable for the group (its umask, or chmod for the 0600 of safetensors)"
    }

    private func writing(isMade: Bool) -> String? {
        let rights = account.rights(readsEverything ? .reading : .none)
        if let output = findings.output {
            guard let refusal = output.refusal(of: [.write, .search], to: rights) else { return nil }
            let remedy =
                request.scope == .user
                ? "ask root to run setup, or choose another place with --output"
                : "give it: chown -R \(account.userName):\(account.groupName) \(request.averages)"
            return "\"\(account.userName)\" cannot write \(text(refusal)), by its mode; \(remedy)"
        }
        guard !isMade, let refusal = cannotMakeOutput else { return nil }
        return
            "\"\(account.userName)\" cannot make \"\(request.averages)\": it cannot write \(text(refusal)), by its mode; "
            + "ask root to run `lawa setup \(request.watch)`, or choose another place with --output"
    }

    private var configuration: String? {
        guard let refusal = findings.place?.refusal(of: .search, to: account.rights()) else { return nil }
        return "\"\(account.userName)\" cannot read what is in \(text(refusal)), by its mode; let it in: chmod 755"
    }

    /// Whether hard links to the newest weights are allowed to the account (fs.protected_hardlinks, see proc(5)).
    private var mayLink: Bool {
        let rights = account.rights()
        return findings.newestWeights.first.map { weights in
            let permissions = weights.end.permissions
            return rights.capability == .all || permissions.owner == rights.user
                || permissions.grant([.read, .write], user: rights.user, groups: rights.groups)
        } ?? (account.kind != .shared)
    }

    private var pins: String? {
        guard findings.isOneFileSystem, !mayLink, !findings.saved.isInPlace,
            !Self.withReflinks.contains(findings.fileSystem.name)
        else { return nil }
        let size = findings.saved.byteCount.map { ", \(Readable.bytes($0)) for each member of a window" } ?? ""
        return "the weights belong to another user, and hard links to such files need the right to write them "
            + "(fs.protected_hardlinks): pins are copies\(size), unless the filesystem has reflinks"
    }

    /// What pins will cost, as far as that is certain.
    var pinning: String {
        guard findings.isOneFileSystem else { return "on another filesystem than the run: pins are copies" }
        if Self.withReflinks.contains(findings.fileSystem.name) {
            return
                "on the run's filesystem: pins are reflinks and cost nothing until the trainer deletes or changes its file"
        }
        if findings.saved.isInPlace {
            return "on the run's filesystem; pins of a file written in place are copies or reflinks"
        }
        guard mayLink else { return "on the run's filesystem" }
        return Self.withLinks.contains(findings.fileSystem.name)
            ? "on the run's filesystem: pins are links and cost nothing until the trainer deletes its files"
            : "on the run's filesystem"
    }

    // Others, such as XFS, have reflinks or not as they were made.
    private static let withReflinks: Set = ["btrfs", "bcachefs"]
    private static let withLinks: Set = [
        "ext4", "xfs", "f2fs", "zfs", "tmpfs", "jfs", "reiserfs", "nfs", "ceph", "lustre",
    ]

    private func text(_ part: PathFacts.Part) -> String {
        "\"\(part.path)\" (\(part.permissions.modeText), of \(accounts.text(user: part.permissions.owner)) and "
            + "\(accounts.text(group: part.permissions.group)))"
    }
}
