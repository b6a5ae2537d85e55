import LinuxSystem
import SystemPackage
import TestSupport

/// The directories of one daemon under test: where its trainer saves, where averages go, its socket and configuration.
struct DaemonPlace: Sendable {
    /// Holds everything else.
    let root: FilePath

    /// Where the trainer saves.
    var watch: FilePath { root.appending("run") }
    /// Where averages go by default.
    var output: FilePath { root.appending("run.lawa") }
    /// Averages of the default recipe.
    var averages: FilePath { output.appending("lawa") }
    /// The link to the newest average.
    var latest: FilePath { averages.appending("latest") }
    /// The pins.
    var pins: FilePath { output.appending(".lawad/pins") }
    /// Where averages are made.
    var staging: FilePath { output.appending(".lawad/staging") }
    /// The control socket.
    var socket: FilePath { root.appending("control.sock") }
    /// The configuration file.
    var configuration: FilePath { root.appending("vit.json") }

    /// Makes a place with an existing watched directory, and removes it after `body`.
    static func with<Result>(_ body: (DaemonPlace) async throws -> Result) async throws -> Result {
        try await withTemporaryDirectory { root in
            let place = DaemonPlace(root: root)
            try Publication.makeDirectories(place.watch)
            return try await body(place)
        }
    }

    /// Writes a configuration for quick tests; `changes` replaces members by their JSON text.
    func configure(k: Int = 3, _ changes: [String: String] = [:]) throws {
        var members = [
            "watch": "\"\(watch)\"",
            "settle": "\"0ms\"",
            "rescan": "\"1h\"",
            "recipes": #"[{"name": "lawa", "window": {"last": \#(k)}}]"#,
            "limits": #"{"min_free": "1MiB"}"#,
            "control": #"{"socket": "\#(socket)"}"#,
            "log": #"{"level": "debug"}"#,
        ]
        members.merge(changes) { $1 }
        let text = members.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \($0.value)" }.joined(separator: ",\n")
        try Fixture.write(Array("{\n\(text)\n}\n".utf8), to: configuration)
    }

    /// Runs a daemon with this place's configuration while `body` runs.
    @discardableResult
    func withDaemon<Value: Sendable>(
        environment: [String: String] = [:],
        script: String = #"exec "$@""#,
        _ body: @escaping @Sendable (DaemonUnderTest) async throws -> Value
    ) async throws -> (value: Value, ending: DaemonUnderTest.Ending) {
        try await DaemonUnderTest.run(
            ["--config", configuration.string],
            socket: socket,
            environment: environment,
            script: script,
            body
        )
    }

    /// Runs a daemon of this place with `--once`, to its end.
    func once(_ arguments: String...) async throws -> DaemonCommand.Outcome {
        try await DaemonCommand.run(["--config", configuration.string, "--once"] + arguments)
    }

    /// The names in a directory; empty where it does not exist.
    static func names(in directory: FilePath) throws -> [String] {
        guard try FileStatus.ifPresent(directory) != nil else { return [] }
        return try DirectoryListing.entries(of: directory).map(\.name)
    }

    /// The names of published averages, without the link.
    var averageNames: [String] {
        get throws { try Self.names(in: averages).filter { $0 != "latest" } }
    }

    /// The steps of the averages in order of publication, as the log tells them.
    static func publishedNames(in log: [String]) -> [String] {
        log.compactMap { line in
            guard let start = line.firstRange(of: "published "), let end = line.firstRange(of: ": average of") else {
                return nil
            }
            return FilePath(String(line[start.upperBound..<end.lowerBound])).lastComponent?.string
        }
    }
}
