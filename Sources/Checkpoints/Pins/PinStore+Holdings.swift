import LinuxSystem
import SystemPackage

/// What a pin costs.
package struct PinHolding: Hashable, Sendable {
    /// The room that letting go of the pin would give back, in bytes, as far as links tell.
    ///
    /// What the trainer has a name for as well gives none; a reflink counts in full, whatever shares its blocks.
    package let byteCount: Int
    /// Whether some of its files have further names elsewhere, the trainer's most likely, which no other means leaves.
    package let isLinked: Bool

    /// States what a pin costs.
    package init(byteCount: Int, isLinked: Bool) {
        self.byteCount = byteCount
        self.isLinked = isLinked
    }
}

extension PinStore {
    /// What each pin holds, by name; of pins that go away meanwhile what is left.
    package func holdings() throws -> [String: PinHolding] {
        guard let held = try pins.open() else { return [:] }
        defer { held.keep() }
        var holdings: [String: PinHolding] = [:]
        for entry in try DirectoryListing.entries(of: held.anchor) {
            holdings[entry.name] = try Self.holding(of: held.anchor.appending(entry.name), kind: entry.kind)
        }
        return holdings
    }

    private static func holding(of pin: FilePath, kind: FileKind) throws -> PinHolding {
        var names: [FileIdentity: (status: FileStatus, count: Int)] = [:]
        try forEachFile(at: pin, kind) { status in
            let identity = FileIdentity(FileFingerprint(status))
            names[identity] = (status, names[identity, default: (status, 0)].count + 1)
        }
        // Names within the pin go with it.
        let held = names.values.filter { $0.count >= $0.status.linkCount }
        return PinHolding(
            byteCount: held.map(\.status.allocatedByteCount).clampedSum,
            isLinked: held.count < names.count
        )
    }

    private static func forEachFile(at path: FilePath, _ kind: FileKind, _ body: (FileStatus) -> Void) throws {
        do {
            switch kind {
            case .directory:
                for entry in try DirectoryListing.entries(of: path) {
                    try forEachFile(at: path.appending(entry.name), entry.kind, body)
                }
            default: try FileStatus.ifPresent(path, followSymlinks: false).map(body)
            }
        } catch let error as SystemCallError where error.isNotFound {
            return
        }
    }
}
