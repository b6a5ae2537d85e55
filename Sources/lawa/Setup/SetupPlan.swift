import ControlProtocol
import LinuxSystem
import SystemPackage

/// What setup would write and say; made from findings alone, so that it can be shown before anything is done.
struct SetupPlan: Sendable {
    /// A file to write.
    struct File: Equatable, Sendable {
        /// What becomes of a file that is there.
        enum Fate: String, Equatable, Sendable {
            case new
            case unchanged
            /// Somebody has written it by hand for the same run, and nothing was asked for that it may not say.
            case kept
            case replaced

            /// Whether something is written.
            var isWritten: Bool { self == .new || self == .replaced }
        }

        let path: FilePath
        let text: String
        let fate: Fate
    }

    /// The output directory, where its user could not make it.
    struct Directory: Equatable, Sendable {
        let path: FilePath
        let mode: UInt32
        let user: UInt32
        let group: UInt32
    }

    let request: SetupRequest
    let account: ServiceAccount
    /// Whether the drop-in gives the right to read every file.
    let readsEverything: Bool
    let files: [File]
    /// See `Directory`.
    let directory: Directory?
    /// What keeps the files from being written, or from being of use, and what to do.
    let obstacle: String?
    /// What to know before agreeing.
    let warnings: [String]
    /// Commands to run next.
    let commands: [String]

    /// Whether everything is there already.
    var isDone: Bool { directory == nil && files.allSatisfy { !$0.fate.isWritten } }

    /// Decides; throws `Failure` where the operator has to.
    ///
    /// - Parameter oneself: the user who asks.
    init(_ request: SetupRequest, _ findings: SetupFindings, accounts: Accounts, oneself: UInt32) throws {
        let account = try ServiceAccount.choose(for: request, findings, accounts: accounts, oneself: oneself)
        let access = SetupAccess(request, findings, account, accounts)
        self.request = request
        self.account = account
        readsEverything = access.readsEverything
        files = try Self.files(request, findings, account, readsEverything: access.readsEverything)
        (directory, obstacle) = Self.directory(findings, account, access, request)
        warnings = access.warnings(isMade: directory != nil || obstacle != nil) + Self.warnings(request, findings)
        commands = Self.naming(account, request) + Self.commands(request)
    }

    private static func files(
        _ request: SetupRequest,
        _ findings: SetupFindings,
        _ account: ServiceAccount,
        readsEverything: Bool
    ) throws -> [File] {
        let configuration = ConfigurationText(
            watch: request.watch,
            output: request.output,
            last: request.last,
            schema: findings.schema
        )
        let path = SetupPlaces.configuration(request.instance, in: findings.configurations)
        var files = [try file(path, configuration.text, request, findings)]
        if request.scope == .system {
            let dropIn = DropInText(request, findings, account, readsEverything: readsEverything)
            files.append(try file(SetupPlaces.dropIn(request.instance), dropIn.text, request, findings))
        }
        return files
    }

    private static func file(
        _ path: FilePath,
        _ text: String,
        _ request: SetupRequest,
        _ findings: SetupFindings
    ) throws -> File {
        guard let bytes = findings.existing[path] else { return File(path: path, text: text, fate: .new) }
        if bytes.elementsEqual(text.utf8) { return File(path: path, text: text, fate: .unchanged) }
        if path.extension == "json" {
            let watched = findings.configured[request.instance]
            guard watched == request.watch else {
                let what = watched.map { "configures the run \"\($0)\"" } ?? "does not tell which run it is for"
                throw Failure(
                    .cannotWrite,
                    "\"\(path)\" is there and \(what); choose another name with --instance OTHER"
                )
            }
            if !request.asksForSettings {
                return File(path: path, text: String(decoding: bytes, as: UTF8.self), fate: .kept)
            }
        }
        guard request.overwrites else {
            throw Failure(
                .cannotWrite,
                "\"\(path)\" is there with another text; --force writes it anew, and what was changed in it is lost"
            )
        }
        return File(path: path, text: text, fate: .replaced)
    }

    /// The output where setup makes it, or why it cannot be made.
    private static func directory(
        _ findings: SetupFindings,
        _ account: ServiceAccount,
        _ access: SetupAccess,
        _ request: SetupRequest
    ) -> (Directory?, String?) {
        guard request.scope == .system else { return (nil, nil) }
        if account.kind == .shared, account.user == nil {
            return (
                nil,
                "the user \"\(ServiceAccount.unitUser)\" does not exist yet: install lawad's sysusers.d file "
                    + "and run systemd-sysusers first"
            )
        }
        guard findings.output == nil, access.cannotMakeOutput != nil, let user = account.user else { return (nil, nil) }
        let parent = request.averages.removingLastComponent()
        guard findings.outputParent.end.path == parent else {
            return (
                nil,
                "\"\(parent)\" does not exist and \"\(account.userName)\" may not make it; make it first: "
                    + "install -d -o \(account.userName) -g \(account.groupName) \(parent)"
            )
        }
        let mode: UInt32 = account.kind == .shared ? 0o2750 : 0o777 & ~(findings.umask ?? 0o022)
        return (Directory(path: request.averages, mode: mode, user: user, group: account.group), nil)
    }

    private static func warnings(_ request: SetupRequest, _ findings: SetupFindings) -> [String] {
        var warnings: [String] = []
        let configuration = SetupPlaces.configuration(request.instance, in: findings.configurations)
        if case .several(let names) = findings.layout {
            let list = names.map { "\"\($0)\"" }.joined(separator: " and ")
            warnings.append("the layouts \(list) fit equally; set \"layout\" to one of them in \"\(configuration)\"")
        }
        if case .series(let patterns) = findings.layout {
            let list = patterns.map { "\"\($0)\"" }.joined(separator: " and ")
            warnings.append("the series \(list) lie side by side and each could be the run; save each in its own place")
        }
        if findings.isCheckpoint {
            warnings.append(
                "\"\(request.watch)\" looks like one checkpoint; where the trainer saves others beside it, give the "
                    + "directory that holds them"
            )
        }
        if let free = findings.free, let size = findings.saved.byteCount, free - 1 << 30 < size {
            warnings.append(
                "there is no room for one average: it takes \(Readable.bytes(size)) and leaves 1 GiB free, of "
                    + "\(Readable.bytes(free)); free some, or choose another place with --output"
            )
        }
        let twins = findings.configured.filter { $0.value == request.watch && $0.key != request.instance }.map(\.key)
        if let twin = twins.min() {
            warnings.append(
                "the instance \"\(twin)\" watches the same directory; give one of them an output of its own (--output)"
            )
        }
        let sealed: [FilePath] = ["/usr", "/boot", "/efi", "/etc"]
        if request.scope == .system, sealed.contains(where: { findings.resolved.output.starts(with: $0) }) {
            warnings.append(
                "the unit may not write below /usr, /boot, /efi and /etc; choose another place with --output"
            )
        }
        if !findings.hasUnit {
            warnings.append("lawad@.service is not where the service manager looks; install it first (make install)")
        }
        return warnings
    }

    /// What gives names to numbers: systemd starts nothing as a user or a group that it cannot look up.
    private static func naming(_ account: ServiceAccount, _ request: SetupRequest) -> [String] {
        guard request.scope == .system else { return [] }
        var entries: [String] = []
        if UInt32(account.groupName) != nil {
            entries.append("'g lawa-\(account.groupName) \(account.groupName)'")
        }
        if UInt32(account.userName) != nil {
            entries.append("'u lawa-\(account.userName) \(account.userName):\(account.group)'")
        }
        return entries.isEmpty ? [] : ["systemd-sysusers --inline " + entries.joined(separator: " ")]
    }

    private static func commands(_ request: SetupRequest) -> [String] {
        let name = request.instance
        switch request.scope {
        case .system:
            return [
                "systemctl daemon-reload", "systemctl enable --now lawad@\(name)", "lawa status --instance \(name)",
                "journalctl -u lawad@\(name) -f",
            ]
        case .user:
            return [
                "systemctl --user daemon-reload", "systemctl --user enable --now lawad@\(name)",
                "loginctl enable-linger        # or it ends with your last login", "lawa status --instance \(name)",
                "journalctl --user -u lawad@\(name) -f",
            ]
        }
    }
}
