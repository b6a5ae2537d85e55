import Testing

@testable import Averaging

@Suite struct ExportNameTests {
    @Test(
        "names of exported files",
        arguments: [
            ("pytorch_model.bin", "model.safetensors"),
            ("pytorch_model-00001-of-00002.bin", "model-00001-of-00002.safetensors"),
            ("pytorch_model_1.bin", "model_1.safetensors"), ("pytorch_model.fp16.bin", "model.fp16.safetensors"),
            ("text_encoder/pytorch_model.bin", "text_encoder/model.safetensors"),
            ("unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.safetensors"),
            ("adapter_model.bin", "adapter_model.safetensors"), ("ckpt-2000.pt", "ckpt-2000.safetensors"),
            ("checkpoint-3.pth.tar", "checkpoint-3.safetensors"), ("a.pt.tar", "a.safetensors"),
            ("epoch=2-step=30.ckpt", "epoch=2-step=30.safetensors"), ("model.pth", "model.safetensors"),
            ("weights", "weights.safetensors"), ("v1.5", "v1.5.safetensors"), ("a.bin/b.pt", "a.bin/b.safetensors"),
            ("step_3.safetensors", "step_3.safetensors"), ("prüfung-模型.pt", "prüfung-模型.safetensors"),
            ("x.PT", "x.PT.safetensors"),
        ]
    )
    func files(name: String, expected: String) {
        #expect(ExportName.safetensors(for: name) == expected)
    }

    @Test(
        "names of indexes; what is none keeps its name",
        arguments: [
            ("pytorch_model.bin.index.json", "model.safetensors.index.json"),
            ("unet/diffusion_pytorch_model.bin.index.json", "unet/diffusion_pytorch_model.safetensors.index.json"),
            ("model.safetensors.index.json", "model.safetensors.index.json"), ("config.json", "config.json"),
            ("sub/tokenizer.json", "sub/tokenizer.json"),
        ]
    )
    func indexes(name: String, expected: String) {
        #expect(ExportName.index(for: name) == expected)
    }
}
