package import SystemPackage

extension SymbolicLink {
    /// How many links the kernel follows in one path (MAXSYMLINKS, path_resolution(7)).
    private static let maximumCount = 40

    /// The directories that hold a symbolic link through which an absolute path leads, in the order of the way.
    ///
    /// Whoever watches them notices when the path comes to lead elsewhere. The way ends where something is missing, is no
    /// directory or may not be looked at, and where links go in a circle. The directories are named without links.
    package static func directoriesOfLinks(onTheWayTo path: FilePath) -> [FilePath] {
        guard path.isAbsolute else { return [] }
        var directories: [FilePath] = []
        var place: FilePath = "/"
        // The next one is the last.
        var ahead = Array(path.components.reversed())
        var count = 0
        while let component = ahead.popLast() {
            switch component.kind {
            case .currentDirectory: continue
            case .parentDirectory:
                place.removeLastComponent()
                continue
            case .regular: break
            }
            let next = place.appending(component)
            let status = try? FileStatus.of(next, followSymlinks: false)
            guard status?.kind == .symbolicLink else {
                guard status?.kind == .directory else { return directories }
                place = next
                continue
            }
            if !directories.contains(place) { directories.append(place) }
            count += 1
            guard count <= maximumCount, let target = try? target(of: next) else { return directories }
            if target.isAbsolute { place = "/" }
            ahead += target.components.reversed()
        }
        return directories
    }
}
