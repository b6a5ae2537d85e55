/// How a member of the window is kept when the trainer's rotation deletes it.
package enum PinMethod: String, CaseIterable, Sendable, Codable {
    /// A reflink where the filesystem can, otherwise a hard link unless the file is written in place, otherwise a copy.
    case auto
    /// A copy that shares its blocks with the original; later writes to the original do not reach it.
    case reflink
    /// A second name for the same file; a trainer that writes into the file again is noticed and the member dropped.
    case hardlink
    /// A full copy of the weights, on any filesystem.
    case copy
    /// No pins: a member that the trainer deletes leaves the window.
    case none
}
