import Averaging
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// Holds an average against its members, byte by byte and number by number, without the engine.
struct AverageCheck {
    let members: [SyntheticMember]
    /// Names of tensors that are to be as the newest member has them.
    var excluded: Set<String> = []

    /// Expects the files in a directory to be the newest member's with the means in place of its floats.
    func expect(_ directory: FilePath, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let newest = try #require(members.last)
        for (name, tensors) in newest.files {
            let original = newest.bytes(name)
            let output = try Fixture.read(directory.appending(name))
            try #require(output.count == original.count, sourceLocation: sourceLocation)
            var offset = original.count - tensors.reduce(0) { $0 + $1.bytes.count }
            #expect(output[..<offset] == original[..<offset], "header of \(name)", sourceLocation: sourceLocation)
            for tensor in tensors {
                let bytes = Array(output[offset..<(offset + tensor.bytes.count)])
                let isRight = try isMean(SyntheticTensor(tensor.name, tensor.type, tensor.shape, bytes: bytes), tensor)
                #expect(isRight, "tensor \(tensor.name) of \(name)", sourceLocation: sourceLocation)
                offset += tensor.bytes.count
            }
        }
    }

    private func isMean(_ output: SyntheticTensor, _ newest: SyntheticTensor) throws -> Bool {
        guard let format = SyntheticTensor.format(of: newest.type), !excluded.contains(newest.name) else {
            return output.bytes == newest.bytes
        }
        let sources = try members.map { try #require($0.tensor(newest.name)) }
        let count = output.patternCount
        let step = max(1, count / 500)
        let isNearest = stride(from: 0, to: count, by: step).allSatisfy { index in
            ExactMean(format: format, members: sources.map { $0.pattern(index) }).accepts(output.pattern(index))
        }
        // Sampled numbers are proven; all are compared with those of one call over the whole tensor.
        return isNearest && (step == 1 || output.bytes == wholeMean(newest))
    }

    private func wholeMean(_ tensor: SyntheticTensor) -> [UInt8] {
        let copies = members.compactMap { $0.tensor(tensor.name)?.bytes }.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
            copy.copyBytes(from: bytes)
            return copy
        }
        defer { copies.forEach { $0.deallocate() } }
        var result = [UInt8](repeating: 0, count: tensor.bytes.count)
        var mixed = [UInt64](repeating: 0, count: copies.count)
        copies.compactMap { UnsafeRawPointer($0.baseAddress) }.withUnsafeBufferPointer { sources in
            result.withUnsafeMutableBytes { result in
                mixed.withUnsafeMutableBufferPointer { mixed in
                    MeanKernel.mean(
                        of: tensor.type,
                        sources: sources,
                        elementCount: tensor.shape.reduce(1, *),
                        into: result,
                        mixedNonFinite: mixed
                    )
                }
            }
        }
        return result
    }

    /// The checksum of a file's bytes, read here and at once.
    static func checksum(_ bytes: [UInt8]) -> ContentChecksum {
        var checksum = ContentChecksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum
    }
}
