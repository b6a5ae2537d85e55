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
            "pytorch_model_fsdp_0/__0_0.distcp", "optimizer_0/.metadata", "custom_checkpoint_0.pkl", "sampler.bin",
            "model.safetensors.tmp", ".tmpAbCdEf", ".tmpAbCdE.safetensors", ".cache/model.safetensors",
            "model.safetensors.lock", "model.safetensors.partial", "runs/events.json", "events.out.tfevents.1",
            "dl_state_dict.bin", "model.safetensors.incomplete",
        ]
    )
    func leftOut(path: String) {
        #expect(ModelDirectory.selection(from: [path]) == CheckpointSelection())
    }

    @Test("weights, also of sub-directories, and weights of other formats")
    func weights() {
        let selection = ModelDirectory.selection(
            from: [
                "unet/diffusion_pytorch_model.safetensors", "model.safetensors", "adapter/adapter_model.safetensors",
                "pytorch_model.bin", "model.pt", "consolidated.00.pth", "epoch=1.ckpt",
            ]
        )
        #expect(
            selection.weights == [
                "adapter/adapter_model.safetensors", "model.safetensors", "unet/diffusion_pytorch_model.safetensors",
            ]
        )
        #expect(
            selection.unreadableWeights == ["consolidated.00.pth", "epoch=1.ckpt", "model.pt", "pytorch_model.bin"]
        )
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
            ("model-of-00002.safetensors", false), ("", false),
        ]
    )
    func shardNames(path: String, isShard: Bool) {
        #expect(ModelDirectory.isShardName(path) == isShard)
    }
}
