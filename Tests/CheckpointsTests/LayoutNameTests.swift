import Testing

@testable import Checkpoints

/// Patterns of numbered names.
@Suite struct LayoutNameTests {
    @Test(
        "what a pattern takes out of a name",
        arguments: [
            ("checkpoint-#", "checkpoint-500", "", [500]),
            ("checkpoint-#", "checkpoint-007", "", [7]),
            ("checkpoint_#_#.pt", "checkpoint_3_1200.pt", "", [3, 1200]),
            ("#.pt", "12.pt", "", [12]),
            ("#", "9223372036854775807", "", [Int.max]),
            ("model_######.pt", "model_000100.pt", "", [100]),
            ("model_######.pt", "model_1000000.pt", "", [1_000_000]),
            ("*-######.safetensors", "a-b-000010.safetensors", "a-b", [10]),
            ("*-step########.safetensors", "größe-step00000500.safetensors", "größe", [500]),
            ("*", "anything", "anything", []),
        ] as [(String, String, String, [Int])]
    )
    func matches(pattern: String, name: String, prefix: String, numbers: [Int]) {
        let match = NumberedName(pattern).match(name)
        #expect(match == NumberedName.Match(prefix: prefix, numbers: numbers.map(Step.init)))
    }

    @Test(
        "what does not match",
        arguments: [
            ("checkpoint-#", "checkpoint-"), ("checkpoint-#", "checkpoint-5x"), ("checkpoint-#", "xcheckpoint-5"),
            ("checkpoint-#", "Checkpoint-5"), ("checkpoint-#", "checkpoint--5"), ("checkpoint-#", "checkpoint-+5"),
            ("checkpoint-#", "checkpoint-٥"), ("checkpoint-#", "checkpoint-5\u{301}"), ("checkpoint-#", ""),
            ("checkpoint-#", "checkpoint-9223372036854775808"), ("checkpoint_#_#.pt", "checkpoint_5.pt"),
            ("checkpoint_#_#.pt", "checkpoint__5.pt"), ("model_######.pt", "model_00100.pt"), ("#.pt", ".pt"),
            ("*-######.safetensors", "-000010.safetensors"), ("*-######.safetensors", "a-00010.safetensors"),
            ("*", ""), ("caf\u{e9}-#", "cafe\u{301}-5"),
        ]
    )
    func refused(pattern: String, name: String) {
        #expect(NumberedName(pattern).match(name) == nil)
    }

    @Test(
        "a version is no part of the step, and an alias is no name",
        arguments: [
            ("epoch=1-step=10.ckpt", 10, 1, -1), ("epoch=1-step=10-v3.ckpt", 10, 1, 3),
            ("step=10-epoch=1.ckpt", 10, 1, -1), ("epoch=1.ckpt", nil, 1, -1), ("a-v3.ckpt", nil, nil, 3),
            ("epoch=1-train_step=2-step=10.ckpt", 10, 1, -1), ("train_step=2.ckpt", 2, nil, -1),
            ("epoch=1-v.ckpt", nil, 1, -1), ("best-epoch=1-step=10.ckpt", 10, 1, -1),
            ("epoch=1-step=9223372036854775808.ckpt", nil, 1, -1), ("v3.ckpt", nil, nil, -1),
            ("blast-step=3.ckpt", 3, nil, -1),
        ] as [(String, Int?, Int?, Int)]
    )
    func lightning(name: String, step: Int?, epoch: Int?, version: Int) throws {
        let found = try #require(LightningName(name))
        #expect(found.step?.value == step)
        #expect(found.epoch?.value == epoch)
        #expect(found.version == version)
        #expect(found.unfinishedName == "\(name.dropLast(5))-unfinished")
    }

    @Test(
        "aliases and twins of Lightning and NeMo",
        arguments: [
            "last.ckpt", "last-v2.ckpt", "epoch=1-step=10-last.ckpt", "last-epoch=1-step=10.ckpt",
            "epoch=1-step=10-EMA.ckpt", "epoch=1-step=10-last-v1.ckpt", "epoch=1-step=10.pt", ".ckpt.tmp",
        ]
    )
    func lightningAliases(name: String) {
        #expect(LightningName(name) == nil)
    }
}
