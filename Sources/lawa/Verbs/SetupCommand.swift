import ArgumentParser
import ControlProtocol
import LinuxSystem
import SystemPackage

/// `lawa setup`.
struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Set up a service that watches the directory in which a trainer saves.",
        discussion: """
            Looks at the directory, says what it found, shows the files that the service needs and writes them once you \
            agree. It starts nothing. Root sets up a service of the system that runs as the trainer's user; anybody \
            else one of their own.

            EXAMPLES
              lawa setup /data/runs/vit
              lawa setup /data/runs/vit --group ml --dry-run
              lawa setup ~/runs/vit --last 10 --yes
            """
    )

    @Argument(
        help: ArgumentHelp("The directory in which the trainer saves; it need not exist yet.", valueName: "dir"),
        completion: .directory,
        transform: PathArgument.parse
    )
    var directory: FilePath

    @Option(
        help: ArgumentHelp("The service's name, as in `lawad@NAME`; by default the directory's.", valueName: "name")
    )
    var instance: String?

    @Option(help: ArgumentHelp("The user that it runs as; by default the directory's owner.", valueName: "user"))
    var user: String?

    @Option(
        help: ArgumentHelp("Run it as the user lawa in this group, which shares the run.", valueName: "group")
    )
    var group: String?

    @Option(help: ArgumentHelp("Average the K newest; by default five.", valueName: "k"))
    var last: Int?

    @Option(
        help: ArgumentHelp("Where averages go; by default the directory's name with .lawa.", valueName: "dir"),
        completion: .directory,
        transform: PathArgument.parse
    )
    var output: FilePath?

    @Option(help: "Whose service manager runs it; by default the system's for root.")
    var scope = SetupScope.ofThisProcess

    @Flag(name: .shortAndLong, help: "Write without asking.")
    var yes = false

    @Flag(help: "Only show; write nothing.")
    var dryRun = false

    @Flag(help: "Write over files that differ.")
    var force = false

    func validate() throws {
        guard user == nil || group == nil else {
            throw ValidationError("--user and --group both say who it runs as; give one of them")
        }
        guard scope == .system || (user == nil && group == nil) else {
            throw ValidationError("--user and --group are for a service of the system; a user's runs as that user")
        }
        guard !(yes && dryRun) else { throw ValidationError("--dry-run writes nothing; leave out --yes") }
        if let last, !(1...1000).contains(last) {
            throw ValidationError("--last \(last) is not possible; give 1 to 1000")
        }
        if let instance, !InstanceName.isValid(instance) {
            throw ValidationError("\"\(instance)\" is no instance's name: \(InstanceName.rule)")
        }
    }

    func run() throws {
        let request = try request()
        let findings = try SetupLook(request: request).findings()
        let plan = try SetupPlan(request, findings, accounts: .system, oneself: HostProcess.effectiveUser)
        let report = SetupReport(plan: plan, findings: findings, accounts: .system)
        try Console.answer(report.lines(columns: Console.columns).joined(separator: "\n"))
        if plan.isDone {
            try Console.answer("\neverything is there already")
        } else {
            guard try isAgreed() else { return }
            try SetupWriter().write(plan)
            try Console.answer("\nwritten")
        }
        try Console.answer(report.next.joined(separator: "\n"))
    }

    private func request() throws -> SetupRequest {
        let watch = HostProcess.absolute(directory)
        guard let name = instance ?? InstanceName.proposal(for: watch) else {
            throw Failure(.usage, "\"\(watch)\" gives no name to the service; choose one with --instance NAME")
        }
        let configurations = try SetupPlaces.configurations(scope, settings: SetupPlaces.settings)
        let present = ConfiguredInstance.all(in: configurations, manager: .system)
            .first { $0.name == name && $0.watch == watch }
        return SetupRequest(
            watch: watch,
            scope: scope,
            instance: name,
            user: user,
            group: group,
            last: last,
            output: output.map(HostProcess.absolute),
            configuredOutput: present?.output,
            overwrites: force
        )
    }

    private func isAgreed() throws -> Bool {
        if yes { return true }
        if dryRun {
            try Console.answer("\nnothing was written")
            return false
        }
        guard let answer = try Console.ask("Write these files? [y/N] ") else {
            try Console.answer("\nnothing was written; add --yes to write these files")
            return false
        }
        if ["y", "yes"].contains(answer.lowercased()) { return true }
        try Console.answer("nothing was written")
        return false
    }
}
