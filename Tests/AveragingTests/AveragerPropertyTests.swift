import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

/// Random models, each averaged by the engine and checked number by number.
@Suite struct AveragerPropertyTests {
    @Test("random tensors, types, sizes, orders, files and members", arguments: 0..<40)
    func random(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let members = randomMembers(&random)
        try withTemporaryDirectory { directory in
            let plan = try SyntheticMember.window(members, in: directory).plan()
            let output = directory.appending("output")
            try Publication.makeDirectories(output)
            let threads = Int.random(in: 1...4, using: &random)
            let outcome = try Averager(limits: EngineLimits(threads: threads)).run(
                plan,
                into: output,
                control: AveragingControl()
            )
            try AverageCheck(members: members).expect(output)
            for (index, decision) in plan.decisions.enumerated() {
                let isDiffering = Set(members.map { $0.tensor(decision.tensor.name)?.bytes }).count > 1
                #expect(outcome.differing.contains(index) == (isDiffering && decision.copyReason == nil))
            }
        }
    }

    private struct Form {
        let name: String
        let type: ElementType
        let shape: [Int]
        let isConstant: Bool
    }

    private func randomMembers(_ random: inout SeededGenerator) -> [SyntheticMember] {
        var forms = (0..<Int.random(in: 1...12, using: &random)).map { index in
            Form(
                name: "t\(index)",
                type: ElementType.safetensors.randomElement(using: &random) ?? .f32,
                shape: (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 0...6, using: &random) }
                    + [8],
                isConstant: Int.random(in: 0..<4, using: &random) == 0
            )
        }
        forms.append(Form(name: "w", type: .f32, shape: [Int.random(in: 1...400, using: &random)], isConstant: false))
        var constants: [String: SyntheticTensor] = [:]
        for form in forms where form.isConstant {
            constants[form.name] = .random(form.name, form.type, form.shape, &random)
        }
        return (0..<Int.random(in: 1...7, using: &random)).map { _ in
            var files: [String: [SyntheticTensor]] = [:]
            for form in forms.shuffled(using: &random) {
                let tensor = constants[form.name] ?? .random(form.name, form.type, form.shape, &random)
                files["f\(Int.random(in: 0...2, using: &random)).safetensors", default: []].append(tensor)
            }
            return SyntheticMember(files: files, padding: Int.random(in: 0...15, using: &random))
        }
    }
}
