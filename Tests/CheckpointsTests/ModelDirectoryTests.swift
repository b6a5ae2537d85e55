import Checkpoints
import Testing

@Suite struct ModelDirectoryTests {
    @Test(
        "what goes along with the weights",
        arguments: [
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model", "sentencepiece.bpe.model",
            "spiece.spm", "qwen.tiktoken", "chat_template.jinja", "modeling_custom.py", "preprocessor_config.json",
            "adapter_config.json", "README.md", "LICENSE", "NOTICE", "1_Pooling/config.json", "recipe.yaml",
            "model.safetensors.index.json", "scheduler/scheduler_config.json", "scheduler_config.json",
        ]
    )
    func companions(path: String) {
        let selection = ModelDirectory.selection(from: [path])
        #expect(selection.companions == [path])
        #expect(selection.weights.isEmpty && selection.unreadableWeights.isEmpty)
    }

    @Test(
        "what stays behind: the trainer's state and what is being written",
        arguments: [
            "trainer_state.json", "training_args.bin", "optimizer.pt", "optimizer.bin", "optimizer.safetensors",
            "scheduler.pt", "scheduler.bin", "scaler.pt", "rng_state.pth", "rng_state_0.pth", "random_states_0.pkl",
            "checkpoint-is-incomplete.txt", "latest", "zero_to_fp32.py", "global_step10/mp_rank_00_model_states.pt",
            "pytorch_model_fsdp_0/.metadata", "optimizer_0/.metadata", "custom_checkpoint_0.pkl", "sampler.bin",
            "optimizer_0/__0_0.distcp", "pytorch_model_fsdp_0_rank0.bin", "optim.pt", "train.pt", "optim_0.pt",
            "pytorch_model/zero_pp_rank_0_mp_rank_00_optim_states.pt", "recipe_state/recipe_state.pt",
            "model.safetensors.tmp", ".tmpAbCdEf", ".tmpAbCdE.safetensors", ".cache/model.safetensors",
            "model.safetensors.lock", "model.safetensors.partial", "runs/events.json", "events.out.tfevents.1",
            "dl_state_dict.bin", "model.safetensors.incomplete",
        ]
    )
    func leftOut(path: String) {
        #expect(ModelDirectory.selection(from: [path]) == CheckpointSelection())
    }

    @Test(
        "weights, also of sub-directories",
        arguments: [
            (
                ["unet/diffusion_pytorch_model.safetensors", "model.safetensors", "adapter/adapter_model.safetensors"],
                [
                    "adapter/adapter_model.safetensors", "model.safetensors",
                    "unet/diffusion_pytorch_model.safetensors",
                ]
            ),
            (["pytorch_model.bin"], ["pytorch_model.bin"]),
            (["lit_model.pth"], ["lit_model.pth"]),
            (["consolidated.00.pth", "consolidated.01.pth"], ["consolidated.00.pth", "consolidated.01.pth"]),
            (["epoch=1.ckpt"], ["epoch=1.ckpt"]),
            (["adapter_model.bin", "pytorch_model.bin"], ["adapter_model.bin", "pytorch_model.bin"]),
            // A model's name counts more than any other.
            (["model.pt", "extra.pt", "vocab.bin"], ["model.pt"]),
            // Twins of another format, and only in the same directory.
            (["model.safetensors", "pytorch_model.bin"], ["model.safetensors"]),
            (["model.safetensors", "2_Dense/pytorch_model.bin"], ["2_Dense/pytorch_model.bin", "model.safetensors"]),
            (["unet/d.safetensors", "unet/d.bin", "pytorch_model.bin"], ["pytorch_model.bin", "unet/d.safetensors"]),
            // Accelerate's name under FSDP, alone or beside what the Trainer saves.
            (["pytorch_model_fsdp.bin", "optimizer.bin"], ["pytorch_model_fsdp.bin"]),
            (["pytorch_model_fsdp.bin", "pytorch_model.bin"], ["pytorch_model.bin"]),
            (["optimizer.safetensors", "pytorch_model.bin"], ["pytorch_model.bin"]),
        ] as [([String], [String])]
    )
    func weights(files: [String], weights: [String]) {
        #expect(ModelDirectory.selection(from: files).weights == weights)
    }

    @Test(
        "weights of formats that are not read",
        arguments: [
            "tf_model.h5", "flax_model.msgpack", "model.Q4_K.gguf", "onnx/model.onnx", "__0_0.distcp",
            "pytorch_model_fsdp_0/__0_0.distcp", "model_and_optim/__0_0.distcp",
        ]
    )
    func unreadable(path: String) {
        let selection = ModelDirectory.selection(from: [path])
        #expect(selection.unreadableWeights == [path])
        #expect(selection.weights.isEmpty && selection.companions.isEmpty)
    }

    @Test("an index of torch shards counts where there are no safetensors beside it")
    func torchIndex() {
        let shards = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"]
        let index = "pytorch_model.bin.index.json"
        let alone = ModelDirectory.selection(from: shards + [index])
        #expect(alone.weights == shards && alone.indexes == [index] && alone.companions == [index])
        let beside = ModelDirectory.selection(from: shards + [index, "model.safetensors", "unet/d.bin.index.json"])
        #expect(beside.weights == ["model.safetensors"])
        #expect(beside.indexes == ["unet/d.bin.index.json"] && beside.companions == beside.indexes)
    }

    @Test("an index is both an index and a companion")
    func indexes() {
        let selection = ModelDirectory.selection(from: ["unet/d.safetensors.index.json"])
        #expect(selection.indexes == ["unet/d.safetensors.index.json"])
        #expect(selection.companions == ["unet/d.safetensors.index.json"])
    }

    @Test(
        "names of shards",
        arguments: [
            ("model-00001-of-00002.safetensors", true), ("unet/model-00001-of-00002.safetensors", true),
            ("a-b-00001-of-00002.safetensors", true), ("model-000001-of-000002.safetensors", true),
            ("model-1-of-2.safetensors", false), ("model-00001-of-0000x.safetensors", false),
            ("00001-of-00002.safetensors", false), ("model-00001.safetensors", false), ("model.safetensors", false),
            ("model-of-00002.safetensors", false), ("", false), ("pytorch_model-00001-of-00003.bin", true),
            ("unet/d.fp16-00001-of-00003.bin", true), ("model-00001-of-00002.pth", true),
            ("model-00001-of-00002.json", false), ("model-00001-of-00002", false), ("pytorch_model.bin", false),
        ]
    )
    func shardNames(path: String, isShard: Bool) {
        #expect(ModelDirectory.isShardName(path) == isShard)
    }
}
