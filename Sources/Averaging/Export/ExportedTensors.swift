import Checkpoints
import TensorFormats

/// Which tensors of a weight file go into its export, and in which order.
///
/// Of tensors that share bytes one is kept, by the rule of `safetensors.torch.save_model` (safetensors 0.8): of those
/// that cover all shared bytes the first by name; the metadata says which one stands for each that was left out. Where
/// none covers all, or one has its elements in another order, each is written: the reference refuses those.
struct ExportedTensors {
    /// The tensors in the order of the reference writer: wide types first, then by name.
    let kept: [TensorInfo]
    /// Names that were left out, and the names that stand for them, sorted.
    let aliases: [(key: String, value: String)]

    init(_ catalog: TensorCatalog, file: Int) {
        var names: [Int: String] = [:]
        for region in TensorRegion.regions(of: catalog) where region.tensors.count > 1 {
            let infos = region.tensors.map { catalog.entries[$0].info }
            guard infos.allSatisfy({ $0.strides == nil }),
                let name = infos.filter({ $0.byteRange == region.range }).map(\.name).min()
            else { continue }
            for position in region.tensors where catalog.entries[position].info.name != name { names[position] = name }
        }
        let order = Dictionary(uniqueKeysWithValues: ElementType.safetensors.enumerated().map { ($1, $0) })
        let positions = catalog.entries.indices.filter { catalog.entries[$0].file == file }
        kept = positions.filter { names[$0] == nil }.map { catalog.entries[$0].info }
            .sorted { left, right in
                let (leftOrder, rightOrder) = (
                    order[left.elementType, default: 0], order[right.elementType, default: 0]
                )
                return leftOrder == rightOrder ? left.name < right.name : leftOrder > rightOrder
            }
        aliases = positions.compactMap { position in
            names[position].map { (key: catalog.entries[position].info.name, value: $0) }
        }.sorted { $0.key < $1.key }
    }
}
