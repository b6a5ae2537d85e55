import SystemPackage

/// What an operator asked `lawa setup` for.
struct SetupRequest: Sendable {
    /// The directory in which the trainer saves, absolute.
    let watch: FilePath
    /// Whose manager runs the daemon.
    let scope: SetupScope
    /// The instance's name.
    let instance: String
    /// The service's user, where one was named.
    var user: String?
    /// The shared group, where one was named.
    var group: String?
    /// The window, where one was given.
    var last: Int?
    /// Where averages go, absolute, where it was given.
    var output: FilePath?
    /// Where averages go by a configuration of the same run that is there already.
    var configuredOutput: FilePath?
    /// Whether files that differ are written over.
    var overwrites = false

    /// Where averages go.
    var averages: FilePath { output ?? configuredOutput ?? FilePath(watch.string + ".lawa") }

    /// Whether something was asked for that the configuration has to say.
    var asksForSettings: Bool { last != nil || output != nil }
}
