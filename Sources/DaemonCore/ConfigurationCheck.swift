import Averaging
import ControlProtocol
import LinuxSystem
package import SystemPackage
import Text

/// What `lawad check-config` does.
package struct ConfigurationCheck {
    private let file: FilePath

    /// Checks a configuration file.
    package init(file: FilePath) {
        self.file = file
    }

    /// Says in a line what the file means; throws `ConfigurationError` with everything that is wrong.
    package func run() throws {
        let configuration = try Configuration.load(file)
        try PlaceRules(configuration: configuration).requireSeparate(file: file)
        let recipes = configuration.recipes.map { "\($0.name) (\($0.window))" }.joined(separator: ", ")
        let line =
            "\"\(file)\" is valid: watches \"\(configuration.watch)\", writes to \"\(configuration.outputRoot)\", "
            + "averages \(recipes)"
        try HostProcess.writeToStandardOutput(line.visibleLine + "\n")
    }
}
