import Averaging
import Checkpoints
import ControlProtocol
import SystemPackage
import Text

/// An average that was written: its manifest and its path, in one JSON object.
struct FinishedAverage: Encodable {
    let path: FilePath
    let manifest: AverageManifest

    private enum Key: String, CodingKey {
        case path
    }

    /// Writes the manifest's own keys, and `path` beside them.
    func encode(to encoder: any Encoder) throws {
        try manifest.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path.string, forKey: .path)
    }

    /// What was written, of how many members, how long it took, how fast the members were read, and what was left out.
    var lines: String {
        let members = manifest.members.count == 1 ? "1 checkpoint" : "\(manifest.members.count) checkpoints"
        let names = manifest.members.map(\.name)
        let range = [names.first, names.count > 1 ? names.last : nil].compactMap(\.self).joined(separator: " to ")
        let rate = Readable.rate(Double(manifest.bytesRead) / max(manifest.seconds, 1e-6))
        let line =
            "wrote \"\(path)\": average of \(members) (\(range)), \(Readable.bytes(manifest.bytesRead)) read in "
            + "\(Readable.decimal(manifest.seconds, places: 2)) s (\(rate))"
        let leftOut = manifest.tensors.leftOut.map { ["left out: \(LeftOut.text(of: $0))"] } ?? []
        return ([line] + leftOut).map(\.visibleLine).joined(separator: "\n")
    }
}
