import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import SystemPackage
import Testing

@testable import lawa

/// What errors of the lower layers amount to.
@Suite struct LawaFailureTests {
    private static let output: FilePath = "/out/average"
    private static let staged: FilePath = "/out/.average.lawa-1/average/model.safetensors"

    @Test(
        arguments: [
            (.noSpace, staged, .cannotWrite), (.noSpace, nil, .cannotWrite),
            (.permissionDenied, staged, .cannotWrite), (.readOnlyFileSystem, staged, .cannotWrite),
            (.fileExists, staged, .cannotWrite), (.permissionDenied, "/run/step_1.safetensors", .failed),
            (.ioError, staged, .failed), (.noSuchFileOrDirectory, "/run/step_1.safetensors", .failed),
        ] as [(Errno, FilePath?, Failure.Status)]
    )
    func refusalsOfTheSystem(errno: Errno, path: FilePath?, status: Failure.Status) {
        let cause = SystemCallError(call: "write", path: path, errorNumber: errno.rawValue)
        let failure = Failure(averaging: .system(cause), output: Self.output)
        #expect(failure.status == status)
        #expect(failure.message.contains("\"/out/average\"") && failure.message.contains("\(cause)"))
    }

    @Test func averagingErrors() {
        let changed = Failure(averaging: .memberChanged(path: "/run/step_1.safetensors"), output: Self.output)
        #expect(changed.status == .notYet)
        #expect(
            changed.message.contains("\"/run/step_1.safetensors\"") && changed.message.contains("nothing was written")
        )
        let full = AveragingError.notEnoughSpace(path: "/out", needed: 2, reserve: 1, available: 1)
        #expect(Failure(averaging: full, output: Self.output).status == .cannotWrite)
        #expect(Failure(averaging: .nonFinite([]), output: Self.output).status == .badInput)
    }

    @Test(arguments: [
        (Incompleteness.vanished, Failure.Status.notYet), (.settling, .notYet), (.missingMarker(file: "f"), .notYet),
        (.markedIncomplete(file: "f"), .notYet), (.missingShard(file: "f", index: "i"), .notYet),
        (.zeroPayload(file: "f"), .notYet), (.openForWriting(file: "f"), .notYet), (.noWeights(found: []), .badInput),
        (.invalidWeights(file: "f", problem: "p"), .badInput), (.invalidIndex(file: "f", problem: "p"), .badInput),
        (.tooLarge(file: "f", byteCount: .max), .badInput),
        (.shardMismatch(tensor: "t", file: "f", index: "i"), .badInput), (.unreadable(problem: "p"), .badInput),
    ])
    func checkpointsThatDoNotOpen(reason: Incompleteness, status: Failure.Status) {
        let failure = Failure(opening: "/run/checkpoint-5", reason)
        #expect(failure.status == status)
        #expect(failure.message.contains("\"/run/checkpoint-5\"") && failure.message.contains("\(reason)"))
    }

    @Test func daemonsThatDoNotHelp() {
        let report = ErrorReport(code: "forbidden", message: "not allowed", hint: "ask root")
        #expect(Failure(ControlClientError.unreachable(path: "/s", cause: "c")).status == .unreachable)
        #expect(Failure(ControlClientError.denied(path: "/s", group: nil)).status == .unreachable)
        #expect(Failure(ControlClientError.refused(status: 403, report: report)).status == .failed)
        #expect(Failure(ControlClientError.malformed(path: "/s", problem: "p")).status == .failed)
    }
}
