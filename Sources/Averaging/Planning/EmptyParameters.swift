import Checkpoints
import TensorFormats

/// Finds parameters that were saved without their elements, as DeepSpeed's ZeRO-3 and FSDP leave on a rank what other
/// ranks hold; a file of them is valid and yet holds no model.
enum EmptyParameters {
    /// Names of the tensors to be averaged that must have elements and have none.
    ///
    /// A module may register a buffer that is empty on purpose, so an empty tensor counts only where its name is that of
    /// a parameter, or where more than half of the tensors are empty, and not just a few.
    static func names(in decisions: [AveragingPlan.Decision]) -> [String] {
        let averaged = decisions.filter { $0.copyReason == nil }.map(\.tensor)
        let empty = averaged.filter { $0.info.elementCount == 0 }.map(\.name)
        return empty.count > max(4, averaged.count / 2) ? empty : empty.filter(isParameter)
    }

    /// Whether a name is one that PyTorch's own layers give to parameters: linear, convolution and normalization layers,
    /// attention and recurrent layers, and the adapters of PEFT.
    private static func isParameter(_ name: String) -> Bool {
        let last = name.split(separator: ".").last ?? ""
        return ["weight", "bias", "lora_A", "lora_B"].contains(last)
            || ["in_proj_weight", "in_proj_bias", "_proj_weight"].contains(where: last.hasSuffix)
            || ["weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_"].contains(where: last.hasPrefix)
    }
}
