/// Which settings decide what the numbers of a model mean, by the files that trainers write them into.
enum SettingNames {
    /// Adapters of PEFT: `adapter_config.json`, and the same within the metadata of diffusers' LoRA files.
    static let adapter: Set = [
        "peft_type", "r", "lora_alpha", "alpha", "rank", "use_rslora", "use_dora", "alpha_pattern", "rank_pattern",
        "fan_in_fan_out", "init_lora_weights", "layer_replication", "use_qalora", "use_effective_conv2d", "scaling",
    ]
    /// Models of transformers and diffusers: `config.json`, at the top or in a part of it such as `text_config`.
    private static let model: Set = [
        "model_type", "quantization_config", "tie_word_embeddings", "hidden_act", "num_attention_heads",
        "num_key_value_heads", "head_dim", "attention_head_dim", "rope_theta", "rope_scaling", "rope_parameters",
        "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon", "sliding_window", "scale_embedding", "logit_scale",
        "embedding_multiplier", "residual_multiplier", "attention_multiplier", "logits_scaling", "scaling_factor",
        "pooling_mode_cls_token", "pooling_mode_mean_tokens", "pooling_mode_max_tokens",
    ]
    /// Noise schedules of diffusers: `scheduler_config.json`.
    private static let schedule: Set = ["prediction_type", "beta_schedule", "beta_start", "beta_end"]
    /// Metadata of safetensors files: kohya's sd-scripts and Stability AI's ModelSpec.
    private static let metadata: Set = [
        "ss_network_module", "ss_network_dim", "ss_network_alpha", "ss_v2", "modelspec.prediction_type",
    ]
    /// Files that hold nothing but how a model was quantised: AutoGPTQ, AutoAWQ, ModelOpt.
    private static let quantizationFiles: Set = ["quantize_config.json", "quant_config.json", "hf_quant_config.json"]
    /// Settings whose absence says that something is not so.
    private static let optional: Set = [
        "use_rslora", "use_dora", "alpha_pattern", "rank_pattern", "use_qalora", "quantization_config",
        quantizationFile,
    ]

    /// The key under which the whole of a file on quantisation counts.
    static let quantizationFile = "quantization"
    /// The metadata of diffusers' LoRA files that holds the adapter's configuration as JSON.
    static let adapterMetadata = "lora_adapter_metadata"
    /// How deep in objects a setting is looked for.
    static let depth = 4

    /// The settings that a file of this name can have; nil where it is not one that has any.
    static func keys(inFile name: String) -> Set<String>? {
        switch name {
        case "adapter_config.json": adapter
        case "config.json": model
        case "scheduler_config.json": schedule
        default: quantizationFiles.contains(name) ? [] : nil
        }
    }

    /// Whether the whole of a file of this name is one setting.
    static func isQuantizationFile(_ name: String) -> Bool { quantizationFiles.contains(name) }

    /// Whether metadata of this key counts as it is.
    static func isMetadata(_ key: String) -> Bool { metadata.contains(key) }

    /// Whether a setting, told with the objects around it, says that the model is quantised.
    static func isQuantization(_ path: String) -> Bool {
        ["quantization_config", quantizationFile].contains(lastKey(path))
    }

    /// Whether a checkpoint that lacks a setting differs from one that has it.
    static func countsWhereAbsent(_ path: String) -> Bool { optional.contains(lastKey(path)) }

    /// The setting's own name, without those of the objects around it; diffusers joins them to one key.
    static func lastKey(_ path: String) -> String {
        path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
