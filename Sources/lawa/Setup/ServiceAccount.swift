import LinuxSystem

/// The user and group that the daemon runs as.
struct ServiceAccount: Equatable, Sendable {
    /// How it was chosen.
    enum Kind: Equatable, Sendable {
        /// The trainer's own user.
        case trainer
        /// A user that was named.
        case named
        /// The unit's own user, in a group that shares the run.
        case shared
        /// The user who asks, in a manager of their own.
        case oneself
    }

    /// The unit's own user.
    static let unitUser = "lawa"

    let kind: Kind
    /// The user as a unit names it: a name, or a number where there is none.
    let userName: String
    /// The group as a unit names it.
    let groupName: String
    /// The user's number; nil where the system does not know the user yet.
    let user: UInt32?
    /// The group's number.
    let group: UInt32
    /// All groups that count.
    let groups: Set<UInt32>

    /// What it may do without capabilities; a service's root is a user like others.
    func rights(_ capability: Rights.Capability = .none) -> Rights {
        // Nobody owns files as -1.
        Rights(user: user ?? .max, groups: groups, capability: kind == .oneself && user == 0 ? .all : capability)
    }

    /// Chooses it; throws `Failure` where the operator has to.
    static func choose(
        for request: SetupRequest,
        _ findings: SetupFindings,
        accounts: Accounts,
        oneself: UInt32
    ) throws -> ServiceAccount {
        if request.scope == .user {
            return account(of: oneself, .oneself, fallback: findings.nearest.end.permissions.group, accounts)
        }
        if let name = request.group { return try shared(with: name, accounts) }
        let directory = findings.nearest.end.permissions
        guard let name = request.user else {
            let owner = try trainer(findings, accounts)
            return account(of: owner, .trainer, fallback: directory.group, accounts)
        }
        if let known = accounts.named(name) { return account(known, .named, accounts) }
        guard let number = UInt32(name) else {
            throw Failure(.usage, "the system knows no user \"\(name)\"; name another with --user")
        }
        return account(of: number, .named, fallback: directory.group, accounts)
    }

    /// The owner of the run, unless that is root for want of a better one.
    private static func trainer(_ findings: SetupFindings, _ accounts: Accounts) throws -> UInt32 {
        let owner = findings.nearest.end.permissions.owner
        guard owner == 0 else { return owner }
        let saver = findings.newestWeights.first?.end.permissions.owner
        if findings.directory != nil, saver == 0 { return 0 }
        let place = findings.nearest.end.path
        let hint =
            saver.map { "the checkpoints in it belong to \(accounts.text(user: $0))" }
            ?? (findings.directory == nil ? "the directory does not exist yet" : "no checkpoint in it tells who trains")
        throw Failure(
            .usage,
            "\"\(place)\" belongs to root, and \(hint): name the user that trains with --user USER, "
                + "or a group that shares the run with --group GROUP"
        )
    }

    private static func shared(with name: String, _ accounts: Accounts) throws -> ServiceAccount {
        guard let group = accounts.group(name) ?? UInt32(name) else {
            throw Failure(.usage, "the system knows no group \"\(name)\"; create it (groupadd), or name another")
        }
        let unit = accounts.named(unitUser)
        // Group= of the drop-in replaces the user's primary group.
        let others = unit.map { $0.groups.subtracting([$0.group]) } ?? []
        return ServiceAccount(
            kind: .shared,
            userName: unitUser,
            groupName: name,
            user: unit?.user,
            group: group,
            groups: others.union([group])
        )
    }

    private static func account(
        of user: UInt32,
        _ kind: Kind,
        fallback group: UInt32,
        _ accounts: Accounts
    ) -> ServiceAccount {
        account(accounts.numbered(user) ?? UserAccount(name: nil, user: user, group: group), kind, accounts)
    }

    private static func account(_ known: UserAccount, _ kind: Kind, _ accounts: Accounts) -> ServiceAccount {
        ServiceAccount(
            kind: kind,
            userName: known.name ?? "\(known.user)",
            // A user without a name is of a container, whose groups have no names here either.
            groupName: known.name.flatMap { _ in accounts.groupName(known.group) } ?? "\(known.group)",
            user: known.user,
            group: known.group,
            groups: known.groups
        )
    }
}
