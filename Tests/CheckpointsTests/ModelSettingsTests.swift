import Checkpoints
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@Suite struct ModelSettingsTests {
    /// What a file says in two checkpoints, and the setting in which they differ, if in one.
    struct Row: CustomTestStringConvertible {
        let file: String
        let first: String
        let second: String
        let key: String?
        var testDescription: String { "\(file) \(first) \(second)" }

        init(_ file: String, _ first: String, _ second: String, _ key: String?) {
            (self.file, self.first, self.second, self.key) = (file, first, second, key)
        }
    }

    private static let adapter = "adapter_config.json"

    @Test(arguments: [
        Row(adapter, #"{"r": 8, "lora_alpha": 16}"#, #"{"r": 8, "lora_alpha": 64}"#, "lora_alpha"),
        Row(adapter, #"{"r": 8, "lora_alpha": 16}"#, #"{"lora_alpha": 16.0, "r": 8}"#, nil),
        Row(adapter, #"{"use_rslora": true}"#, "{}", "use_rslora"),
        Row(adapter, #"{"use_rslora": false, "use_dora": false}"#, "{}", nil),
        Row(adapter, "{}", #"{"use_dora": true}"#, "use_dora"),
        Row(adapter, #"{"alpha_pattern": {"q": 1, "k": 2}}"#, #"{"alpha_pattern": {"k": 2, "q": 1}}"#, nil),
        Row(adapter, #"{"alpha_pattern": {"q": 1}}"#, #"{"alpha_pattern": {"q": 2}}"#, "alpha_pattern"),
        Row(adapter, #"{"target_modules": ["q", "k"]}"#, #"{"target_modules": ["k", "q"]}"#, nil),
        Row(adapter, #"{"lora_alpha": 16}"#, #"{"lora_alpha": 16, "init_lora_weights": true}"#, nil),
        Row("adapter/\(adapter)", #"{"lora_alpha": 1}"#, #"{"lora_alpha": 2}"#, "lora_alpha"),
        Row(
            "config.json",
            #"{"tie_word_embeddings": true}"#,
            #"{"tie_word_embeddings": false}"#,
            "tie_word_embeddings"
        ),
        Row(
            "config.json",
            #"{"text_config": {"tie_word_embeddings": true}}"#,
            #"{"text_config": {"tie_word_embeddings": false}}"#,
            "text_config.tie_word_embeddings"
        ),
        Row("config.json", "{}", #"{"quantization_config": {"quant_method": "fp8"}}"#, "quantization_config"),
        Row("config.json", #"{"rope_theta": 10000.0}"#, #"{"rope_theta": 500000}"#, "rope_theta"),
        Row("config.json", #"{"rope_theta": 10000.0}"#, #"{"rope_theta": 10000}"#, nil),
        Row("config.json", #"{"rope_scaling": null}"#, #"{"rope_scaling": {"factor": 8}}"#, "rope_scaling"),
        Row("config.json", #"{"transformers_version": "4.1", "use_cache": true}"#, #"{"use_cache": false}"#, nil),
        Row("config.json", "not JSON", "{}", nil),
        Row("quantize_config.json", #"{"bits": 4}"#, #"{"bits": 8}"#, "quantization"),
        Row("tokenizer_config.json", #"{"r": 1}"#, #"{"r": 2}"#, nil),
    ])
    func differences(_ row: Row) throws {
        try withTemporaryDirectory { directory in
            let checkpoints = try [row.first, row.second].enumerated().map { index, text in
                let sample = try CheckpointSample.whole(directory.appending("checkpoint-\(index)"))
                try sample.write(row.file, Array(text.utf8))
                return try sample.inspect().get()
            }
            let difference = checkpoints[0].settings.difference(from: checkpoints[1].settings)
            #expect(difference?.key == row.key)
            #expect(difference?.file == row.key.map { _ in row.file })
            #expect(checkpoints[1].settings.difference(from: checkpoints[0].settings)?.key == row.key)
        }
    }

    @Test(arguments: [
        ("config.json", #"{"quantization_config": {"quant_method": "fp8"}}"#, true),
        ("config.json", #"{"text_config": {"quantization_config": {"quant_method": "awq"}}}"#, true),
        ("config.json", #"{"quantization_config": null}"#, false),
        ("hf_quant_config.json", "{}", true),
        ("config.json", "{}", false),
    ])
    func declaredQuantization(_ file: String, _ text: String, _ isDeclared: Bool) throws {
        try withTemporaryDirectory { directory in
            let sample = try CheckpointSample.whole(directory.appending("checkpoint-1"))
            try sample.write(file, Array(text.utf8))
            #expect(try sample.inspect().get().settings.declaresQuantization == isDeclared)
        }
    }

    @Test(arguments: [
        ([("ss_network_alpha", "16")], [("ss_network_alpha", "8")], "ss_network_alpha"),
        ([("ss_steps", "100")], [("ss_steps", "200")], nil),
        (
            [("lora_adapter_metadata", #"{"unet.lora_alpha": 4}"#)],
            [("lora_adapter_metadata", #"{"unet.lora_alpha": 8}"#)], "unet.lora_alpha"
        ),
    ])
    func metadata(_ first: [(String, String)], _ second: [(String, String)], _ key: String?) throws {
        try withTemporaryDirectory { directory in
            let checkpoints = try [first, second].enumerated().map { index, metadata in
                let sample = try CheckpointSample.whole(directory.appending("checkpoint-\(index)"))
                try sample.write("model.safetensors", SampleTensor.file([SampleTensor("w")], metadata: metadata))
                return try sample.inspect().get()
            }
            #expect(checkpoints[0].settings.difference(from: checkpoints[1].settings)?.key == key)
        }
    }

    /// A value of an adapter's scale in two checkpoints.
    struct Scale: CustomTestStringConvertible {
        let type: ElementType
        let first: [UInt8]
        let second: [UInt8]
        let texts: [String]
        var testDescription: String { "\(type) \(texts)" }
    }

    @Test(
        "scales of adapters that are tensors",
        arguments: [
            Scale(type: .f32, first: [0, 0, 0x80, 0x41], second: [0, 0, 0, 0x41], texts: ["16.0", "8.0"]),
            Scale(type: .bf16, first: [0x80, 0x41], second: [0, 0x41], texts: ["16.0", "8.0"]),
            Scale(type: .f16, first: [0, 0x4C], second: [0, 0x48], texts: ["16.0", "8.0"]),
            Scale(type: .f32, first: [0, 0, 0x80, 0x41], second: [0, 0, 0x80, 0x41], texts: []),
        ]
    )
    func scales(scale: Scale) throws {
        for part in ["lora_down.weight", "lora_A.default.weight", "hada_w1_a", "lokr_w1", "oft_blocks"] {
            let differences = try difference(scale, beside: "unet_x.\(part)")
            #expect([differences?.value, differences?.otherValue].compactMap(\.self) == scale.texts)
            #expect(differences?.key == (scale.texts.isEmpty ? nil : "unet_x.alpha"))
        }
        // Beside anything else it is learned.
        for other in ["unet_x.weight", "unet_y.lora_down.weight", "unet_x.beta"] {
            #expect(try difference(scale, beside: other) == nil)
        }
    }

    private func difference(_ scale: Scale, beside part: String) throws -> ModelSettings.Difference? {
        try withTemporaryDirectory { directory in
            let checkpoints = try [scale.first, scale.second].enumerated().map { index, bytes in
                let sample = try CheckpointSample.whole(directory.appending("checkpoint-\(index)"))
                let tensors = [SampleTensor("unet_x.alpha", scale.type, []), SampleTensor(part)]
                var file = SampleTensor.file(tensors)
                file.replaceSubrange((file.count - 16 - bytes.count)..<(file.count - 16), with: bytes)
                try sample.write("model.safetensors", file)
                return try sample.inspect().get()
            }
            return checkpoints[0].settings.difference(from: checkpoints[1].settings)
        }
    }
}
