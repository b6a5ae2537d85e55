import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

@Suite struct ExportRefusalTests {
    @Test("a type that safetensors lack is refused, and nothing is averaged before that")
    func refusal() throws {
        try withTemporaryDirectory { directory in
            let plan = try TorchWindow("complex").plan()
            let text =
                "tensor \"c128\" of \"ckpt_3.pt\" has elements of type C128, which safetensors does not know; "
                + "leave out --format to keep the newest's own format"
            #expect(SafetensorsExport.refusal(for: plan.newest).map { "\($0)" } == text)
            let error = #expect(throws: AveragingError.self) { try StagedAverage.export(plan, in: directory) }
            #expect(error.map { "\($0)" } == text)
            #expect(try FileStatus.ifPresent(directory.appending("staged")) == nil)
        }
    }

    @Test(
        "what else cannot be written",
        arguments: [
            (ElementType.c32, false, true), (.c64, true, true), (.i8, true, true), (.c64, false, false),
            (.f8E4M3, false, false),
        ]
    )
    func refusals(type: ElementType, isOpaque: Bool, isRefused: Bool) throws {
        try withTemporaryDirectory { directory in
            let tensors = [
                CatalogSample.tensor("w", 0..<8), CatalogSample.tensor("t", 8..<16, type: type, isOpaque: isOpaque),
            ]
            let checkpoint = try CatalogSample.checkpoint(step: 1, [tensors], in: directory)
            let refusal = SafetensorsExport.refusal(for: checkpoint)
            #expect((refusal != nil) == isRefused)
            let cause =
                isOpaque
                ? "is quantised, or conjugated or negated only when it is read"
                : "has elements of type \(type.rawValue)"
            #expect(refusal?.description.hasPrefix("tensor \"t\" of \"checkpoint-1\" \(cause), ") != false)
        }
    }

    @Test("names that mean something else in a header, and tensors that are conjugated when they are read")
    func refusedFiles() throws {
        try withTemporaryDirectory { directory in
            let reserved = try window("reserved")
            #expect(SafetensorsExport.refusal(for: reserved.newest) == nil)
            let error = #expect(throws: AveragingError.self) {
                try StagedAverage.export(try reserved.plan(), in: directory)
            }
            #expect(error.map { "\($0)" }?.contains("__metadata__") == true)
            #expect(try FileStatus.ifPresent(directory.appending("staged")) == nil)
            let conjugated = try window("conjugated")
            let plan = try conjugated.plan()
            #expect(plan.decisions.map(\.copyReason) == [.opaque, nil])
            #expect(throws: AveragingError.self) { try StagedAverage.export(plan, in: directory) }
        }
    }

    private func window(_ name: String) throws -> CheckpointWindow {
        let root = FilePath(#filePath).removingLastComponent().appending("Fixtures/export")
        let members = try (1...2).map { try CheckpointOpener.open(root.appending("\(name)_\($0).pt"), position: $0) }
        return try #require(CheckpointWindow(members: members))
    }
}
