import LinuxSystem
import SystemPackage
import TensorFormats

/// Writes members: directories `checkpoint-<step>` as the Hugging Face trainer leaves them, without optimizer state.
struct MemberWriter {
    /// The trainer's output directory.
    let output: FilePath
    /// What every member consists of.
    let plan: ModelPlan
    /// The type of all elements.
    let element: Element
    /// Where the numbers come from.
    let weights: RandomWeights
    /// Whether all but the last mebibyte of every file is left a hole.
    let isSparse: Bool

    private static let writtenAtEnd = 1 << 20

    /// The directory of a member; 0 is the oldest.
    func directory(of member: Int) -> FilePath { output.appending("checkpoint-\(100 * (member + 1))") }

    /// The weight files of a member.
    func paths(of member: Int) -> [FilePath] { plan.files.map { directory(of: member).appending($0.name) } }

    /// Writes one member and waits until it is on the disk.
    func write(_ member: Int) throws {
        let directory = directory(of: member)
        try Publication.makeDirectories(directory)
        if let configuration = plan.configuration {
            try write(JSONOutput.encode(configuration, indented: true), to: directory.appending("config.json"))
        }
        for file in plan.files {
            try write(file, of: member, to: directory.appending(file.name))
        }
        if plan.files.count > 1 {
            let index = JSONIndex(plan: plan, element: element)
            try write(JSONOutput.encode(index), to: directory.appending("model.safetensors.index.json"))
        }
        let state = Array("{\"global_step\": \(100 * (member + 1))}\n".utf8)
        try write(state, to: directory.appending("trainer_state.json"))
    }

    private func write(_ file: ModelPlan.WeightFile, of member: Int, to path: FilePath) throws {
        let blockBytes = RandomWeights.blockCount * element.byteCount
        let byteCount = file.elementCount * element.byteCount
        let skipped = isSparse ? max(0, (byteCount - Self.writtenAtEnd) / blockBytes) : 0
        let writer = try DirectWriter(path)
        try file.header(element).withUnsafeBytes { try writer.append($0) }
        try writer.skip(skipped * blockBytes)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
        defer { buffer.deallocate() }
        for first in stride(
            from: skipped * RandomWeights.blockCount,
            to: file.elementCount,
            by: RandomWeights.blockCount
        ) {
            let count = min(RandomWeights.blockCount, file.elementCount - first)
            // Blocks begin with the file, so the same numbers lie elsewhere in a sharded member; nobody minds.
            let block = (file.firstElement + first) / RandomWeights.blockCount
            weights.encode(block: block, member: member, count: count, as: element, into: buffer)
            try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<(count * element.byteCount)]))
        }
        try writer.finish()
    }

    private func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try File.create(path)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
    }
}
