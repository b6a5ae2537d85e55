import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Averaging

@Suite struct TorchWindowTests {
    @Test("files of torch.save are averaged in place, bit for bit", arguments: TorchWindow.names)
    func windows(name: String) throws {
        let window = try TorchWindow(name)
        try withTemporaryDirectory { directory in
            if window.expectation.refused == true {
                #expect(throws: (any Error).self) { try average(window, into: directory) }
                return
            }
            try window.check(average(window, into: directory), in: directory)
        }
    }

    private func average(_ window: TorchWindow, into directory: FilePath) throws -> AveragingPlan {
        let plan = try window.plan()
        _ = try Averager(limits: EngineLimits()).run(plan, into: directory, control: AveragingControl())
        return plan
    }
}
