import SystemPackage

/// The names that exported weight files have.
package enum ExportName {
    private static let suffixes = [".pth.tar", ".pt.tar", ".bin", ".pt", ".pth", ".ckpt", ".safetensors"]

    /// The name of a file of `torch.save` as safetensors: `pytorch_model` is Hugging Face's word for `model` in it.
    package static func safetensors(for path: String) -> String {
        let directory = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        var name = path[directory.endIndex...]
        if let suffix = suffixes.first(where: name.hasSuffix) { name = name.dropLast(suffix.count) }
        if name.hasPrefix("pytorch_model") { name = name.dropFirst("pytorch_".count) }
        return "\(directory)\(name).safetensors"
    }

    /// The name of the index of shards that are exported: `pytorch_model.bin.index.json` becomes `model.safetensors.index.json`.
    static func index(for path: String) -> String {
        let suffix = ".index.json"
        return path.hasSuffix(suffix) ? safetensors(for: String(path.dropLast(suffix.count))) + suffix : path
    }
}
