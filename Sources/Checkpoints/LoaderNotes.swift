/// What known trainers do with a second set of the model's tensors in their files, by the keys of both.
enum LoaderNotes {
    /// The note for tensors that are left out, where the keys are a known trainer's; else how to choose them.
    ///
    /// - Parameters:
    ///   - other: the path of what is left out.
    ///   - model: the path of what is averaged.
    static func note(on other: String, beside model: String) -> String {
        let choice =
            "\"\(model)\" is averaged, \"\(other)\" stays as the newest has it; choose with tensors.model or --model, or name both"
        let known = facts.first { $0.model == model && ($0.other == other || other.hasPrefix($0.other + "/")) }
        return choice + (known.map { "; \($0.text)" } ?? "")
    }

    private static let facts: [(model: String, other: String, text: String)] = [
        // ultralytics/yolov5 models/experimental.py attempt_load, ultralytics nn/tasks.py load_checkpoint;
        // lyuwenyu/RT-DETR tools/export_onnx.py.
        ("model", "ema", "the loaders of YOLOv5, Ultralytics and RT-DETR take \"ema\" where it is there"),
        // xinntao/Real-ESRGAN realesrgan/utils.py RealESRGANer; XPixelGroup/BasicSR models/base_model.py load_network.
        ("params", "params_ema", "Real-ESRGAN takes \"params_ema\" where it is there, BasicSR what param_key says"),
        // huggingface/pytorch-image-models timm/models/_helpers.py load_state_dict, use_ema being true.
        ("state_dict", "state_dict_ema", "timm's load_checkpoint takes \"state_dict_ema\" where it is there"),
        ("state_dict", "model_ema", "timm's load_checkpoint takes \"model_ema\" where it is there"),
        // open-mmlab/mmengine hooks/ema_hook.py before_save_checkpoint, which exchanges the two.
        (
            "state_dict", "ema_state_dict",
            "mmengine saves its moving average as \"state_dict\", which its loaders take, and the trained weights as "
                + "\"ema_state_dict\""
        ),
        // facebookresearch/dino eval_linear.py and eval_knn.py, --checkpoint_key.
        ("student", "teacher", "DINO evaluates \"teacher\" unless --checkpoint_key says otherwise"),
        // rosinality/stylegan2-pytorch generate.py.
        ("g", "g_ema", "the generators of StyleGAN2 for PyTorch load \"g_ema\""),
        ("g, d", "g_ema", "the generators of StyleGAN2 for PyTorch load \"g_ema\""),
    ]
}
