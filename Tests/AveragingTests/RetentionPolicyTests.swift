import Checkpoints
import SystemPackage
import Testing

@testable import Averaging

@Suite struct RetentionPolicyTests {
    @Test(
        "which averages go",
        arguments: [
            (nil, nil, "60", []), (nil, 20, "60", []), (2, nil, "60", [10, 20, 30, 40]), (6, nil, "60", []),
            (100, nil, "60", []), (0, nil, "60", [10, 20, 30, 40, 50]), (1, nil, "60", [10, 20, 30, 40, 50]),
            (2, 20, "60", [10, 30]), (2, 30, "60", [10, 20, 40]), (2, 1, "60", []), (2, 7, "60", [10, 20, 30, 40]),
            (2, nil, "20", [10, 30, 40]), (0, nil, "10", [20, 30, 40, 50, 60]), (2, nil, "", [10, 20, 30, 40]),
            (1, 20, "30", [10, 50]),
        ] as [(Int?, Int?, String, [Int])]
    )
    func expired(keepLast: Int?, keepEverySteps: Int?, latest: String, removed: [Int]) {
        let averages = [10, 20, 30, 40, 50, 60].map { step in
            let manifest = ManifestTests.manifest(name: "checkpoint-\(step)", step: step)
            return PublishedAverage(path: FilePath("/out/checkpoint-\(step)"), manifest: manifest)
        }
        let policy = RetentionPolicy(keepLast: keepLast, keepEverySteps: keepEverySteps)
        #expect(policy.expired(averages, latest: "checkpoint-\(latest)").map(\.step.value) == removed)
        #expect(policy.expired([], latest: "x").isEmpty)
    }
}
