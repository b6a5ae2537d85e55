import Testing

@testable import Checkpoints

@Suite struct SeriesNameTests {
    @Test(
        "the step, the series and the word that names it",
        arguments: [
            ("step_10", 10, "step_*", true),
            ("step10", 10, "step*", true),
            ("STEP-10", 10, "STEP-*", true),
            ("style-step00000500", 500, "style-step*", true),
            ("sd15-step00000500", 500, "sd15-step*", true),
            ("style-000010", 10, "style-*", false),
            ("0000100_adapters", 100, "*_adapters", false),
            ("epoch=3-step=1000", 1000, "epoch=*-step=*", true),
            ("step=1000-epoch=3", 1000, "step=*-epoch=*", true),
            ("epoch-7", 7, "epoch-*", true),
            ("iter_0000005", 5, "iter_*", true),
            ("iteration.12", 12, "iteration.*", true),
            ("ckpt_7", 7, "ckpt_*", true),
            ("checkpoint-0", 0, "checkpoint-*", true),
            ("step_10-v1", 10, "step_*-v1", true),
            ("model2-7", 7, "model2-*", false),
            ("step_9223372036854775807", Int.max, "step_*", true),
            ("model_epoch_3_loss_0.12", 3, "model_epoch_*_loss_*", true),
            ("epoch=2-val_loss=0.12", 2, "epoch=*-val_loss=*", true),
            ("epoch_2-train_step=0.31", 2, "epoch_*-train_step=*", true),
            ("03-1000", 1000, "*-*", false),
            ("03-0.12", 3, "*-*", false),
            ("03-1000-0.12", 1000, "*-*-*", false),
            ("llama-2-100", 100, "llama-2-*", false),
            ("v1.5-step100", 100, "v1.5-step*", true),
            ("10epoch", 10, "*epoch", false),
            ("epoch.3.step.100", 100, "epoch.*.step.*", true),
            ("lastlayer_5", 5, "lastlayer_*", false),
        ] as [(String, Int, String, Bool)]
    )
    func steps(stem: String, step: Int, pattern: String, hasKeyword: Bool) throws {
        let suffixes = [SeriesName.safetensorsSuffixes, SeriesName.torchSuffixes]
        for (suffixes, suffix) in suffixes.flatMap({ all in all.map { (all, $0) } }) {
            let name = try #require(SeriesName(parsing: stem + suffix, suffixes: suffixes))
            #expect(name.step == Step(step))
            #expect(name.pattern == pattern + suffix)
            #expect(name.hasKeyword == hasKeyword)
        }
    }

    @Test(
        "what is no step's file",
        arguments: [
            "model-00001-of-00002.safetensors", "model.fp16-00001-of-00002.safetensors", ".tmpAb12cD",
            "step_10.safetensors.tmp", "step_10.bin", "step_10",
            "model.safetensors", ".safetensors", "step_9223372036854775808.safetensors",
            "v2-step_99999999999999999999.safetensors", "step_١٠.safetensors", "step_１０.safetensors", "",
        ]
    )
    func refused(name: String) {
        #expect(SeriesName(parsing: name, suffixes: SeriesName.safetensorsSuffixes) == nil)
    }

    @Test(
        "what is no model, or the same model under another name",
        arguments: [
            "mp_rank_00_model_states", "consolidated.00", "model_world_size_8_rank_0", "model.part1", "shard_3",
            "optimizer_5", "optim-000100_rank0", "5_optimizer", "model_optim_5", "scheduler-5", "rng_state_0",
            "random_states_0", "training_args_1", "last-v1", "model_latest_5", "pytorch_model-00001-of-00002", "0.5",
            "model",
        ]
    )
    func states(stem: String) {
        for suffix in SeriesName.torchSuffixes + SeriesName.safetensorsSuffixes {
            let suffixes = [suffix]
            #expect(SeriesName(parsing: stem + suffix, suffixes: suffixes) == nil, "\(stem)\(suffix)")
        }
    }

    @Test(
        "digits of a step",
        arguments: [
            ("0", 0), ("007", 7), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("", nil),
            ("-5", nil), ("+5", nil), (" 5", nil), ("5 ", nil), ("5_0", nil), ("٥", nil), ("0x5", nil),
        ] as [(String, Int?)]
    )
    func digits(text: String, value: Int?) {
        #expect(Step(digits: text)?.value == value)
    }
}
