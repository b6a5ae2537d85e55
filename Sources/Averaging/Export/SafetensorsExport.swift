package import Checkpoints
import FoundationEssentials
import LinuxSystem
import SystemPackage
import TensorFormats

/// Turns the files of a staged average that `torch.save` would read into safetensors that hold the model alone.
package struct SafetensorsExport {
    /// Why a model cannot be written as safetensors.
    package struct Refusal: Error, CustomStringConvertible {
        /// The tensor, and what to do.
        package let description: String
    }

    private static let blockByteCount = 1 << 20

    private let newest: Checkpoint

    /// Throws `Refusal` where there can be no export.
    init(of newest: Checkpoint) throws {
        if let refusal = Self.refusal(for: newest) { throw refusal }
        self.newest = newest
    }

    /// Whether a checkpoint's files are none of safetensors yet.
    package static func isNeeded(for checkpoint: Checkpoint) -> Bool {
        checkpoint.catalog.files.contains { $0.format != .safetensors }
    }

    /// Why there can be no export, which is told before anything is averaged.
    package static func refusal(for checkpoint: Checkpoint) -> Refusal? {
        let entry = checkpoint.catalog.entries.first {
            $0.info.isOpaque || !ElementType.safetensors.contains($0.info.elementType)
        }
        return entry.map { entry in
            let cause =
                entry.info.isOpaque
                ? "is quantised, or conjugated or negated only when it is read"
                : "has elements of type \(entry.info.elementType.rawValue)"
            return Refusal(
                description: "tensor \"\(entry.name)\" of \"\(checkpoint.name)\" \(cause), which safetensors does not "
                    + "know; leave out --format to keep the newest's own format"
            )
        }
    }

    /// Replaces the weight files of a staged average that are not safetensors yet.
    ///
    /// - Parameter files: the files that lie below `root`, in the order of the newest's.
    /// - Returns: what lies there instead.
    func replace(
        _ files: [AverageManifest.FileRecord],
        below root: FilePath
    ) throws -> [AverageManifest.FileRecord] {
        try files.enumerated().map { index, record in
            guard newest.catalog.files[index].format != .safetensors else { return record }
            let name = ExportName.safetensors(for: record.path)
            // Out of the way of what takes its place, which may well have the same name.
            let source = root.appending(record.path + ".torch")
            try Publication.publish(staged: root.appending(record.path), as: source)
            let checksum = try write(
                ExportedTensors(newest.catalog, file: index),
                from: source,
                to: root.appending(name)
            )
            try Publication.removeTree(source)
            return AverageManifest.FileRecord(path: name, size: checksum.byteCount, checksum: checksum.text)
        }
    }

    private func write(_ tensors: ExportedTensors, from source: FilePath, to path: FilePath) throws -> ContentChecksum {
        let header = SafetensorsHeader.encode(
            tensors: tensors.kept.map { ($0.name, $0.elementType, $0.shape) },
            metadata: [(key: "format", value: "pt")] + tensors.aliases
        )
        let dataByteCount = tensors.kept.reduce(0) { $0 + $1.elementCount * $1.elementType.bitCount / 8 }
        // torch.save knows neither names that mean something else in a header nor limits.
        _ = try SafetensorsHeader(parsing: header, fileByteCount: header.count + dataByteCount)
        let averaged = try File.openForReading(source)
        var output = try ExportedFile(path, byteCount: header.count + dataByteCount)
        try header.withUnsafeBytes { try output.append($0) }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 64)
        defer { room.deallocate() }
        for tensor in tensors.kept where !tensor.byteRange.isEmpty {
            if let strides = tensor.strides {
                try gather(tensor, strides, averaged, room, into: &output)
            } else {
                try copy(tensor.byteRange, averaged, room, into: &output)
            }
        }
        averaged.dropCache(offset: 0, count: try averaged.status().size)
        try output.finish()
        return output.checksum
    }

    private func copy(
        _ range: Range<Int>,
        _ file: File,
        _ room: UnsafeMutableRawBufferPointer,
        into output: inout ExportedFile
    ) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: room.count) {
            let block = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, range.upperBound - start)])
            guard try file.read(at: start, into: block) == block.count else {
                throw FileError.endsEarly(file.path, offset: start, wanted: block.count, found: 0)
            }
            try output.append(UnsafeRawBufferPointer(block))
        }
    }

    private func gather(
        _ tensor: TensorInfo,
        _ strides: [Int],
        _ file: File,
        _ room: UnsafeMutableRawBufferPointer,
        into output: inout ExportedFile
    ) throws {
        let window = try MappedFile(file, offset: tensor.byteRange.lowerBound, byteCount: tensor.byteRange.count)
        guard let start = window.bytes.baseAddress else { return }
        let size = tensor.elementType.bitCount / 8
        var walk = ElementWalk(shape: tensor.shape, strides: strides)
        while walk.remaining > 0 {
            let count = walk.copy(from: start, size: size, into: room)
            try output.append(UnsafeRawBufferPointer(rebasing: room[..<(count * size)]))
        }
        try window.checkIntact()
    }

    /// Writes the index of exported shards in place of one of the newest's companions; nil where that is no index.
    func replacement(for companion: CheckpointFile, files: [AverageManifest.FileRecord]) throws -> (String, [UInt8])? {
        let name = ExportName.index(for: companion.relativePath)
        guard name != companion.relativePath else { return nil }
        let directory = ModelDirectory.directoryPrefix(of: companion.relativePath)
        var index = ShardIndexText(metadata: ["total_size": 0], weightMap: [:])
        for (number, record) in files.enumerated() where ModelDirectory.directoryPrefix(of: record.path) == directory {
            for tensor in ExportedTensors(newest.catalog, file: number).kept {
                index.metadata["total_size", default: 0] += tensor.elementCount * tensor.elementType.bitCount / 8
                index.weightMap[tensor.name] = String(record.path.dropFirst(directory.count))
            }
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (name, Array(try encoder.encode(index)) + [UInt8(ascii: "\n")])
    }
}

/// The JSON of a shard index.
private struct ShardIndexText: Encodable {
    var metadata: [String: Int]
    var weightMap: [String: String]
}
