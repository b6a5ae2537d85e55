import Averaging
import LinuxSystem
import SystemPackage

/// Which places exclude each other: what the daemon writes to never lies in the watched directory, nor that in what the
/// daemon writes to.
struct PlaceRules {
    /// The configuration that names the places.
    let configuration: Configuration

    /// Throws what is wrong with the places on the disk.
    ///
    /// - Parameter file: the file that is told to be at fault; nil for the command line.
    func requireSeparate(file: FilePath?) throws(ConfigurationError) {
        let problems = problemsOnDisk
        guard problems.isEmpty else { throw ConfigurationError(path: file, problems: problems) }
    }

    /// What is wrong with the places as they are spelled.
    var problems: [ConfigurationProblem] { problems { $0 } }

    /// What is wrong with the places as they are spelled, and with what they lead to at this moment.
    var problemsOnDisk: [ConfigurationProblem] {
        let spelled = problems
        guard spelled.isEmpty else { return spelled }
        if let kind = try? FileStatus.ifPresent(configuration.watch)?.kind, kind != .directory {
            return [
                ConfigurationProblem(
                    key: "watch",
                    problem: "\"\(configuration.watch)\" is a \(kind.rawValue)",
                    allowed: "name the directory in which the trainer saves"
                )
            ]
        }
        return problems(SymbolicLink.resolved)
    }

    /// - Parameter end: where a path leads.
    private func problems(_ end: (FilePath) -> FilePath) -> [ConfigurationProblem] {
        let watch = end(configuration.watch)
        let root = configuration.outputRoot
        var found: [ConfigurationProblem] = []
        if end(root).starts(with: watch) {
            found.append(
                ConfigurationProblem(
                    key: "output",
                    problem: "\(described(root, end)) is inside the watched directory \"\(configuration.watch)\"",
                    allowed: "trainers count and delete what lies there; choose a place outside"
                )
            )
        } else {
            let own = [AverageStore.privateName] + configuration.recipes.map(\.name)
            for place in own.map({ root.appending($0) }) where watch.starts(with: end(place)) {
                found.append(
                    ConfigurationProblem(
                        key: "watch",
                        problem:
                            "\"\(configuration.watch)\" is in \(described(place, end)), where lawad writes and removes",
                        allowed: "choose another output, or another name of the recipe"
                    )
                )
            }
        }
        if let socket = configuration.control.socket, end(socket.removingLastComponent()).starts(with: watch) {
            found.append(
                ConfigurationProblem(
                    key: "control.socket",
                    problem: "\(described(socket, end)) is inside the watched directory \"\(configuration.watch)\"",
                    allowed: "nothing is made there; choose a place outside"
                )
            )
        }
        return found
    }

    private func described(_ path: FilePath, _ end: (FilePath) -> FilePath) -> String {
        let place = end(path)
        return place == path ? "\"\(path)\"" : "\"\(path)\" (which leads to \"\(place)\")"
    }
}
