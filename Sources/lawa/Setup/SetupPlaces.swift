import ControlProtocol
import LinuxSystem
import SystemPackage

/// Where systemd and lawad look for what setup writes.
enum SetupPlaces {
    /// An instance's configuration in the directory of its scope.
    static func configuration(_ instance: String, in directory: FilePath) -> FilePath {
        directory.appending("\(instance).json")
    }

    /// The drop-in of an instance of the system's manager.
    static func dropIn(_ instance: String) -> FilePath {
        FilePath("/etc/systemd/system/lawad@\(instance).service.d/setup.conf")
    }

    /// The configuration's schema, where a package puts it.
    static let schema: FilePath = "/usr/share/lawad/config.schema.json"

    /// Where a manager finds units, see systemd.unit(5); `home` and `settings` are the user's.
    static func units(_ scope: SetupScope, settings: FilePath?) -> [FilePath] {
        let roots = ["/etc/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd"]
        let general = roots.map { FilePath("\($0)/\(scope.rawValue)") }
        guard scope == .user, let settings else { return general }
        return [settings.appending("systemd/user")] + general
    }

    /// The directory of a user's settings, `$XDG_CONFIG_HOME` or `~/.config`; nil where neither is known.
    static var settings: FilePath? { ConfiguredInstance.userSettings }

    /// The directory of a scope's configurations.
    static func configurations(_ scope: SetupScope, settings: FilePath?) throws -> FilePath {
        if scope == .system { return ConfiguredInstance.systemDirectory }
        guard let settings else {
            throw Failure(
                .usage,
                "neither XDG_CONFIG_HOME nor HOME is set, so there is no place for a user's configuration"
            )
        }
        return settings.appending("lawa")
    }
}
