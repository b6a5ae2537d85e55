import Averaging
import Checkpoints
package import SystemPackage

/// What the command line sets; a flag wins over the file.
package struct ConfigurationOverrides: Sendable {
    /// The directory to watch.
    package var watch: FilePath?
    /// The size of every recipe's window.
    package var windowSize: Int?
    /// The output root.
    package var output: FilePath?
    /// The control socket.
    package var socket: FilePath?

    /// Takes what was given; paths are absolute.
    package init(watch: FilePath? = nil, windowSize: Int? = nil, output: FilePath? = nil, socket: FilePath? = nil) {
        self.watch = watch
        self.windowSize = windowSize
        self.output = output
        self.socket = socket
    }

    /// A configuration with the flags on top.
    func apply(to configuration: Configuration) throws(ConfigurationError) -> Configuration {
        var result = configuration
        result.watch = watch ?? result.watch
        result.output = output ?? result.output
        result.control.socket = socket ?? result.control.socket
        if let windowSize {
            result.recipes = result.recipes.map { recipe in
                Recipe(
                    name: recipe.name,
                    window: .last(windowSize),
                    weighting: recipe.weighting,
                    everySteps: recipe.everySteps,
                    fromStep: recipe.fromStep
                )
            }
        }
        let problems = PlaceRules(configuration: result).problems
        guard problems.isEmpty else { throw ConfigurationError(path: nil, problems: problems) }
        return result
    }
}
