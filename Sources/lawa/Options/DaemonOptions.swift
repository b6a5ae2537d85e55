import ArgumentParser
import SystemPackage

/// Which daemon a verb talks to.
struct DaemonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The daemon's control socket.", valueName: "path"),
        completion: .file(),
        transform: PathArgument.parse
    )
    var socket: FilePath?

    @Option(
        help: ArgumentHelp(
            "The daemon's instance, as in `lawad@NAME`. Needed only where several run.",
            valueName: "name"
        ),
        completion: .custom { _, _, _ in DaemonSearch.here().instances }
    )
    var instance: String?

    func validate() throws {
        guard socket == nil || instance == nil else {
            throw ValidationError("--socket and --instance both name a daemon; give one of them")
        }
    }

    /// Whether either was given.
    var isGiven: Bool { socket != nil || instance != nil }
}
