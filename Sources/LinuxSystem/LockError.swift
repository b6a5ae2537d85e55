package import SystemPackage

/// Why a lock was not given.
package enum LockError: Error, Equatable, Sendable {
    /// Somebody has it; `by` says who, as far as the file tells.
    case held(path: FilePath, by: String)
    /// Its file was removed, moved or replaced, so that it excludes nobody any more.
    case lost(path: FilePath)
}

extension LockError: CustomStringConvertible {
    /// The path, the holder and the remedy.
    package var description: String {
        switch self {
        case .held(let path, let holder):
            "cannot lock \"\(path)\": it is held by \(holder); stop that process, or choose another directory"
        case .lost(let path):
            "\"\(path)\" was removed, moved or replaced while this process held it, and with it what lies beside it; "
                + "start it again to have all of it made anew"
        }
    }
}
