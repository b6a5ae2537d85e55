import FoundationEssentials
import LinuxSystem
package import SystemPackage

/// An instance that has a configuration where its unit looks for it, whether it runs or not.
package struct ConfiguredInstance: Sendable, Equatable {
    /// The instance, which is the file's name without its suffix.
    package let name: String
    /// Whose configuration it is.
    package let manager: InstanceManager
    /// The directory that it watches; nil where the file does not tell.
    package let watch: FilePath?
    /// Where its averages go, where the file names that.
    package let output: FilePath?
    /// Its control socket, where the file names one.
    package let socket: FilePath?

    /// Makes the record.
    package init(
        name: String,
        manager: InstanceManager,
        watch: FilePath? = nil,
        output: FilePath? = nil,
        socket: FilePath? = nil
    ) {
        self.name = name
        self.manager = manager
        self.watch = watch
        self.output = output
        self.socket = socket
    }

    /// Where the system's instances are configured.
    package static let systemDirectory: FilePath = "/etc/lawa"

    /// This user's settings, `$XDG_CONFIG_HOME` or `~/.config`; nil where neither is known.
    package static var userSettings: FilePath? {
        if let settings = HostProcess.environment("XDG_CONFIG_HOME"), settings.hasPrefix("/") {
            return FilePath(settings)
        }
        guard let home = HostProcess.environment("HOME"), home.hasPrefix("/") else { return nil }
        return FilePath(home).appending(".config")
    }

    /// The instances of the system and of this user.
    package static func all() -> [ConfiguredInstance] {
        let own = userSettings.map { all(in: $0.appending("lawa"), manager: .user(HostProcess.effectiveUser)) } ?? []
        return all(in: systemDirectory, manager: .system) + own
    }

    /// The instances of a directory, by name; empty where it is missing or closed to this user.
    package static func all(in directory: FilePath, manager: InstanceManager) -> [ConfiguredInstance] {
        let entries = (try? DirectoryListing.entries(of: directory)) ?? []
        return entries.compactMap { entry in
            let path = directory.appending(entry.name)
            guard entry.kind != .directory, path.extension == "json", let name = path.stem else { return nil }
            let told = told(path)
            return ConfiguredInstance(
                name: name,
                manager: manager,
                watch: told?.watch.map { FilePath($0) },
                output: told?.output.map { FilePath($0) },
                socket: told?.control?.socket.map { FilePath($0) }
            )
        }
    }

    /// The keys that matter here; whether the rest is right is for the daemon to tell.
    private struct Told: Decodable {
        struct Control: Decodable {
            let socket: String?
        }
        let watch: String?
        let output: String?
        let control: Control?
    }

    private static let maximumByteCount = 1 << 20

    private static func told(_ path: FilePath) -> Told? {
        guard let file = try? File.openForReading(path), let size = try? file.status().size, size <= maximumByteCount,
            let bytes = try? file.readBytes(at: 0, count: size)
        else { return nil }
        return try? ControlCoding.decode(Told.self, from: bytes)
    }
}
