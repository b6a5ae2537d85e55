import LinuxSystem
import SystemPackage

/// The output cannot be written by the user that the daemon runs as.
struct OutputRefusal: Error, CustomStringConvertible {
    /// What the system refused.
    let cause: SystemCallError
    /// The watched directory.
    let watch: FilePath

    /// The cause, and what gives a unit the right user.
    var description: String {
        "\(cause); `lawa setup \"\(watch)\"` as root writes what the unit lawad@ needs for this"
    }
}
