import Checkpoints
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

extension TorchWindow {
    /// Holds exported files against the expectation: the model's tensors and nothing else, each by itself or by the name
    /// that stands for it.
    func checkExport(_ plan: AveragingPlan, _ files: [FilePath]) throws {
        let expectations = try #require(expectation.weights)
        try #require(expectations.count == files.count)
        for (index, weights) in expectations.enumerated() {
            let isFile = plan.newest.candidate.unit == .file
            let original = try Fixture.read(isFile ? newest : newest.appending(weights.file))
            let means = try SafetensorsSample(Fixture.read(directory.appending("expected/\(weights.expected)")))
            let found = try SafetensorsSample(Fixture.read(files[index]))
            let tensors = plan.newest.catalog.entries.filter { $0.file == index }.map(\.info)
            let aliases = found.metadata.filter { $0.key != "format" }
            #expect(found.metadata["format"] == "pt")
            #expect(Set(found.tensors.keys).isDisjoint(with: aliases.keys))
            #expect(Set(found.tensors.keys).union(aliases.keys) == Set(tensors.map(\.name)))
            for tensor in tensors {
                guard let exported = found.tensors[tensor.name] else {
                    try Self.checkAlias(tensor, for: aliases[tensor.name], in: tensors, found)
                    continue
                }
                #expect(exported.elementType == tensor.elementType && exported.shape == tensor.shape)
                let isAveraged = weights.averaged.contains(tensor.name)
                let isRight =
                    try found.bytes(of: tensor.name)
                    == (isAveraged ? means.bytes(of: tensor.name) : Self.rowMajor(tensor, original))
                #expect(isRight, "\(tensor.name)")
            }
        }
    }

    private static func checkAlias(
        _ tensor: TensorInfo,
        for name: String?,
        in tensors: [TensorInfo],
        _ found: SafetensorsSample
    ) throws {
        let whole = try #require(tensors.first { $0.name == name })
        #expect(found.tensors[whole.name] != nil)
        #expect(whole.strides == nil && tensor.strides == nil)
        #expect(whole.byteRange.clamped(to: tensor.byteRange) == tensor.byteRange, "no byte of it is left out")
    }
}
