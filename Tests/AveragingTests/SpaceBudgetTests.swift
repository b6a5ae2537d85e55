import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Averaging

@Suite struct SpaceBudgetTests {
    @Test("an average may take what leaves the reserve free, and not a filesystem more")
    func room() throws {
        try withTemporaryDirectory { directory in
            try SpaceBudget(path: directory, needed: 4096, reserve: 0).requireRoom()
            // What it has already it need not find any more.
            try SpaceBudget(path: directory, needed: 1 << 60, reserve: 4096).requireRoom(taken: 1 << 60)
            let total = try FileSystem.space(at: directory).total
            for (needed, reserve) in [(total + 1, 0), (0, total + 1), (4096, Int.max), (Int.max, Int.max)] {
                let error = #expect(throws: AveragingError.self) {
                    try SpaceBudget(path: directory, needed: needed, reserve: reserve).requireRoom()
                }
                guard case .notEnoughSpace(directory, needed, reserve, let available, nil) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(available < total)
                #expect(error?.description.contains("\"\(directory)\"") == true)
            }
        }
    }

    @Test("a refusal for want of space tells what is missing, or else what the system says")
    func refusals() throws {
        try withTemporaryDirectory { directory in
            let quota = SystemCallError(call: "reserve space for", path: "/x", errorNumber: EDQUOT)
            let roomy = SpaceBudget(path: directory, needed: 4096, reserve: 0).explain(.system(quota))
            #expect("\(roomy)" == "\(quota); the average needs 4096 bytes")
            let total = try FileSystem.space(at: directory).total
            let full = SpaceBudget(path: directory, needed: total, reserve: total).explain(.system(quota))
            #expect("\(full)".hasPrefix("not enough space at \"\(directory)\": the average needs \(total) bytes and "))
            for error in [roomy, full] {
                guard case .notEnoughSpace(directory, _, _, _, quota) = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }

    @Test("what is no want of space stays what it is")
    func others() {
        let budget = SpaceBudget(path: "/", needed: .max, reserve: 0)
        let failed = SystemCallError(call: "write", path: "/x", errorNumber: EIO)
        #expect("\(budget.explain(.system(failed)))" == "\(failed)")
        #expect("\(budget.explain(.memberChanged(path: "/x")))" == "\(AveragingError.memberChanged(path: "/x"))")
        let full = SystemCallError(call: "write", path: "/x", errorNumber: ENOSPC)
        let nowhere = SpaceBudget(path: "/missing/path", needed: 1, reserve: 0)
        #expect("\(nowhere.explain(.system(full)))" == "\(full)")
    }

    @Test("the message counts what is missing, whatever the numbers are")
    func messages() {
        func text(_ needed: Int, _ reserve: Int, _ available: Int) -> String {
            "\(AveragingError.notEnoughSpace(path: "/x", needed: needed, reserve: reserve, available: available))"
        }
        #expect(text(100, 50, 30).hasSuffix("only 30 are available; free 120 bytes or lower limits.min_free"))
        #expect(text(100, 0, 30).hasSuffix("the average needs 100 bytes, but only 30 are available; free 70 bytes"))
        #expect(text(100, .max, 30).contains("free \(Int.max - 30) bytes"))
    }

    @Test("room that others took while the average reserved its own ends it before anything is read")
    func takenInBetween() throws {
        try withTemporaryDirectory { directory in
            let window = try SyntheticMember.window([.floats([1, 2]), .floats([3, 6])], in: directory)
            let (plan, control) = (try window.plan(), AveragingControl())
            let staging = directory.appending("staged")
            let error = #expect(throws: AveragingError.self) {
                try StagedAverage.make(
                    plan,
                    in: staging,
                    outputName: "average",
                    averager: Averager(limits: EngineLimits(threads: 1)),
                    control: control,
                    program: "test",
                    space: SpaceBudget(for: plan, at: directory, reserve: .max / 2)
                )
            }
            guard case .notEnoughSpace(directory, plan.bytesToWrite, .max / 2, _, nil) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(control.progress.bytesTotal == 0)
            #expect(try FileStatus.ifPresent(staging) == nil)
        }
    }

    @Test("all outputs have their room from the start")
    func reserved() throws {
        try withTemporaryDirectory { directory in
            let sizes = [5_000_000, 3_000_001, 0]
            let outputs = sizes.enumerated().map { index, size in
                SpanPlan.Output(relativePath: "\(index)", template: 0, byteCount: size, spans: [])
            }
            let set = try OutputSet(outputs, in: [directory], access: .direct)
            #expect(set.reservedByteCount == sizes.reduce(0, +) || set.reservedByteCount == 0)
            for (index, size) in sizes.enumerated() {
                var status = stat()
                #expect(directory.appending("\(index)").withPlatformString { stat($0, &status) } == 0)
                #expect(status.st_size == size)
                if set.reservedByteCount > 0 { #expect(Int(status.st_blocks) * 512 >= size) }
            }
        }
    }
}
