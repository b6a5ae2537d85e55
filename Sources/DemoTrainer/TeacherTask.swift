/// A synthetic regression task: learn a fixed teacher network from inputs whose labels carry noise.
///
/// It is stored in every checkpoint's config.json, so the files alone are enough to compute a held-out loss.
struct TeacherTask: Codable, Equatable {
    /// The teacher's widths.
    let teacherWidths: [Int]
    /// The seed of the teacher's parameters.
    let teacherSeed: UInt64
    /// The scale of the teacher's weights.
    let teacherGain: Float
    /// The standard deviation of the noise on training labels.
    let labelNoise: Float
    /// The seed of the held-out inputs.
    let heldOutSeed: UInt64
    /// The number of held-out examples.
    let heldOutCount: Int

    /// The network to be learned, or nil when the widths make none.
    var teacher: Network? {
        var generator = SplitMix64(seed: teacherSeed)
        let parameters = Network.randomParameters(widths: teacherWidths, gain: teacherGain, using: &generator)
        return Network(widths: teacherWidths, parameters: parameters)
    }

    /// Examples that training never sees; their targets are the teacher's own outputs, without noise.
    func heldOut(teacher: Network) -> Examples {
        var generator = SplitMix64(seed: heldOutSeed)
        return examples(count: heldOutCount, teacher: teacher, noise: 0, using: &generator)
    }

    /// A fresh mini-batch with noisy labels.
    func batch(count: Int, teacher: Network, using generator: inout SplitMix64) -> Examples {
        examples(count: count, teacher: teacher, noise: labelNoise, using: &generator)
    }

    private func examples(
        count: Int,
        teacher: Network,
        noise: Float,
        using generator: inout SplitMix64
    ) -> Examples {
        let width = teacher.widths[0]
        var units = [Float](repeating: 0, count: teacher.unitCount)
        var inputs: [Float] = []
        var targets: [Float] = []
        for _ in 0..<count {
            for input in 0..<width {
                units[input] = generator.nextNormal()
            }
            teacher.propagate(&units)
            inputs += units[..<width]
            targets += units[(teacher.unitCount - teacher.widths[teacher.widths.count - 1])...].map {
                $0 + noise * generator.nextNormal()
            }
        }
        return Examples(count: count, inputs: inputs, targets: targets)
    }
}
