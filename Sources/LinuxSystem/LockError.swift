package import SystemPackage

/// Why a lock was not given.
package enum LockError: Error, Equatable, Sendable {
    /// Somebody has it; `by` says who, as far as the file tells.
    case held(path: FilePath, by: String)
}

extension LockError: CustomStringConvertible {
    /// The path, the holder and the remedy.
    package var description: String {
        switch self {
        case .held(let path, let holder):
            "cannot lock \"\(path)\": it is held by \(holder); stop that process, or choose another directory"
        }
    }
}
