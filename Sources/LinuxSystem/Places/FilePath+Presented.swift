import Glibc
import SystemPackage

extension FilePath {
    /// The path for people: one through a descriptor of this process is shown as the path that the descriptor has now.
    var presented: FilePath {
        guard string.hasPrefix(HeldDirectory.anchorRoot) else { return self }
        let rest = string.dropFirst(HeldDirectory.anchorRoot.count)
        let number = rest.prefix { $0.isNumber }
        // Not by SymbolicLink: an error of that would be about a path to present in turn.
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink(HeldDirectory.anchorRoot + number, &target, Int(PATH_MAX)) > 0 else { return self }
        return FilePath(FilePath(platformString: target).string + rest.dropFirst(number.count))
    }
}
