import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// How a trainer brings a file into its directory.
enum ReplayWriting: CaseIterable, Sendable {
    /// A hidden temporary file beside it, renamed when it is closed.
    case renamed
    /// safetensors 0.8: of full size from the start, and renamed before it is closed.
    case renamedWhileOpen
    /// Lightning: made outside and moved in.
    case movedIn
    /// timm: a temporary file and a second name for it.
    case linked
    /// Under its name, in one go.
    case inPlace
    /// Under its name, piece by piece, opened anew for each.
    case inPieces
    /// Under its name, of full size from the start.
    case extendedFirst

    /// Writes a file; `midway` is called when half of it is there.
    func write(_ bytes: [UInt8], to path: FilePath, outside: FilePath, midway: () async throws -> Void) async throws {
        try Publication.makeDirectories(path.removingLastComponent())
        let half = bytes.count / 2
        let name = path.lastComponent?.string ?? ""
        let temporary = path.removingLastComponent().appending(".tmp" + String(name.hashValue.magnitude, radix: 36))
        let target: FilePath
        switch self {
        case .renamed, .renamedWhileOpen, .linked: target = temporary
        case .movedIn: target = outside.appending(name)
        case .inPlace, .inPieces, .extendedFirst: target = path
        }
        try Publication.makeDirectories(target.removingLastComponent())
        let isTemporary = target != path
        var file = try FileDescriptor.open(
            target,
            .writeOnly,
            options: [.create, .truncate],
            permissions: isTemporary ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead]
        )
        if self == .extendedFirst || self == .renamedWhileOpen { try file.resize(to: Int64(bytes.count)) }
        try file.writeAll(bytes[..<half])
        if self == .inPieces { try file.close() }
        try await midway()
        if self == .inPieces { file = try FileDescriptor.open(target, .writeOnly, options: .append) }
        try file.writeAll(bytes[half...])
        if self == .renamedWhileOpen { try move(target, to: path) }
        try file.close()
        switch self {
        case .renamed, .movedIn: try move(target, to: path)
        case .linked:
            unlink(path.string)
            try Publication.hardLink(target, to: path)
            unlink(target.string)
        default: break
        }
    }

    private func move(_ source: FilePath, to destination: FilePath) throws {
        guard rename(source.string, destination.string) == 0 else { throw Errno(rawValue: errno) }
    }
}
