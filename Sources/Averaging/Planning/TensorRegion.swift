import Checkpoints
import TensorFormats

/// Tensors of one file whose bytes overlap, as tied weights and slices of one buffer do: what becomes of one becomes of
/// all of them.
struct TensorRegion: Equatable {
    /// From the first byte to the last.
    private(set) var range: Range<Int>
    /// Positions in the catalog, in the order of their first bytes.
    private(set) var tensors: [Int]

    /// The regions of a catalog, in no particular order; tensors without bytes are in none.
    static func regions(of catalog: TensorCatalog) -> [TensorRegion] {
        let entries = catalog.entries
        let positions = entries.indices.filter { !entries[$0].info.byteRange.isEmpty }
        let key = { (position: Int) in
            (entries[position].file, entries[position].info.byteRange.lowerBound, position)
        }
        // Files hold their tensors in order, nearly always.
        let isSorted = zip(positions, positions.dropFirst()).allSatisfy { key($0) < key($1) }
        var regions: [TensorRegion] = []
        var file: Int?
        for position in isSorted ? positions : positions.sorted(by: { key($0) < key($1) }) {
            let (entry, last) = (entries[position], regions.count - 1)
            if file == entry.file, entry.info.byteRange.lowerBound < regions[last].range.upperBound {
                regions[last].add(position, entry.info.byteRange)
            } else {
                regions.append(TensorRegion(range: entry.info.byteRange, tensors: [position]))
            }
            file = entry.file
        }
        return regions
    }

    /// The bytes that tensors take, ascending, without the gaps that strides leave; nil where they are too many pieces.
    func ranges(in catalog: TensorCatalog) -> [Range<Int>]? {
        let infos = tensors.map { catalog.entries[$0].info }
        return infos.allSatisfy { $0.strides == nil } ? [range] : ElementRuns.ranges(of: infos)
    }

    /// Whether all tensors read the bytes as the same numbers.
    func isUniform(in catalog: TensorCatalog) -> Bool {
        let first = catalog.entries[tensors[0]].info
        return tensors.allSatisfy { position in
            let info = catalog.entries[position].info
            let distance = info.byteRange.lowerBound - first.byteRange.lowerBound
            return info.elementType == first.elementType && (distance * 8).isMultiple(of: first.elementType.bitCount)
        }
    }

    private mutating func add(_ position: Int, _ bytes: Range<Int>) {
        tensors.append(position)
        range = range.lowerBound..<max(range.upperBound, bytes.upperBound)
    }
}
