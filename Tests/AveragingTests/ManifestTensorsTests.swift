import Checkpoints
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// What a manifest says of tensors.
@Suite struct ManifestTensorsTests {
    private func tensors(_ plan: AveragingPlan) throws -> AverageManifest.Tensors {
        try withTemporaryDirectory { directory in
            try StagedAverage.make(
                plan,
                in: directory.appending("staged"),
                outputName: plan.newest.name,
                averager: Averager(limits: EngineLimits(threads: 1)),
                control: AveragingControl(),
                program: "test"
            ).manifest.tensors
        }
    }

    @Test(
        "each tensor counts, bytes that several share count once",
        arguments: [
            // 6 x 4 and 4 numbers; 6 x 4 and 3; 20; 8 bytes that are no numbers beside 4 numbers.
            ("tied", 3, 28, []), ("tied_transposed", 3, 27, []), ("overlapping", 4, 20, []),
            ("two_dtypes_u8_f8", 1, 4, ["u8", "f8"]),
        ]
    )
    func shared(name: String, count: Int, elements: Int, copied: [String]) throws {
        let tensors = try tensors(TorchWindow(name).plan())
        #expect(tensors.averaged == AverageManifest.Averaged(count: count, elements: elements, bytes: 4 * elements))
        #expect(tensors.copied.map(\.name) == copied)
        #expect(tensors.batchNorm == nil)
    }

    @Test("gaps between elements do not count, and a complex number counts as one")
    func elements() throws {
        let strided = try TorchWindow("strided").plan()
        let counts = strided.decisions.map(\.tensor.info.elementCount)
        let averaged = try tensors(strided).averaged
        #expect(averaged.elements == counts.reduce(0, +) && averaged.bytes == 4 * averaged.elements)
        let complex = try TorchWindow("complex").plan()
        let infos = complex.decisions.map(\.tensor.info)
        #expect(try tensors(complex).averaged.elements == infos.reduce(0) { $0 + $1.elementCount })
    }

    @Test("tensors that share bytes are averaged together, even if one by itself is the same in all members")
    func partlyIdentical() throws {
        let plan = try TorchWindow("overlapping").plan()
        #expect(Set(plan.decisions.map(\.leader)).count == 1)
        #expect(try tensors(plan).averaged.count == plan.decisions.count)
    }

    private func window(in directory: FilePath, statistic: String) throws -> CheckpointWindow {
        let members = [Float(1), 3].map { value in
            SyntheticMember([
                SyntheticTensor("bn.weight", [value]), SyntheticTensor(statistic, [value, value]),
                SyntheticTensor("bn.num_batches_tracked", .i64, [1], bytes: Array(1...8)),
            ])
        }
        return try SyntheticMember.window(members, in: directory)
    }

    @Test(
        "what was asked for running statistics is told where the model has any",
        arguments: BatchNormStatistics.allCases
    )
    func batchNorm(choice: BatchNormStatistics) throws {
        for (statistic, isTold) in [("bn.running_var", true), ("bn.bias", false)] {
            try withTemporaryDirectory { directory in
                let window = try window(in: directory, statistic: statistic)
                let plan = try AveragingPlanner(rules: TensorRules(batchNorm: choice)).plan(window, recipe: .lawa)
                let tensors = try tensors(plan)
                #expect(tensors.batchNorm == (isTold ? choice : nil))
                let isCopied = isTold && choice == .newest
                #expect(tensors.averaged.count == (isCopied ? 1 : 2))
                let copied = [isCopied ? CopyReason.batchNorm : nil, .notFloatingPoint].compactMap(\.self)
                #expect(tensors.copied.map(\.reason) == copied)
            }
        }
    }

    @Test("the keys of the choices, as they are written")
    func keys() throws {
        var manifest = ManifestTests.manifest()
        manifest.tensors.batchNorm = .newest
        manifest.format = .safetensors
        let json = try JSONValue.parse(ManifestFile.encode(manifest))
        #expect(json["tensors"]?["batch_norm"]?.stringValue == "newest")
        #expect(json["format"]?.stringValue == "safetensors")
        manifest.tensors.batchNorm = .average
        manifest.format = .same
        let other = try JSONValue.parse(ManifestFile.encode(manifest))
        #expect(other["tensors"]?["batch_norm"]?.stringValue == "average")
        #expect(other["format"]?.stringValue == "same")
    }
}
