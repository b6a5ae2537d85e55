import TensorFormats
import Testing

@testable import Checkpoints

/// Catalogs that say the same hold it in the same memory.
@Suite struct CatalogSharingTests {
    private static let names = (0..<50).map { "a.layer.with.a.long.name.\($0).weight" }

    private static func catalog(
        _ names: [String] = names,
        shiftedBy shift: Int = 0,
        shape: [Int] = [2, 3],
        checksum: UInt32 = 7
    ) throws -> TensorCatalog {
        let entries = names.enumerated().map { position, name in
            let start = shift + 24 * position
            let info = TensorInfo(name: name, elementType: .f32, shape: shape, byteRange: start..<(start + 24))
            return TensorCatalog.Entry(name: name, info: info, file: 0)
        }
        let seal = ByteSeal(range: 0..<9, checksum: checksum, places: [])
        return try TensorCatalog(
            entries,
            files: [WeightFileDescription(format: .torchZip, seals: [seal])],
            names: ["a"]
        )
    }

    private static func held(_ catalogs: TensorCatalog...) -> Int { TensorCatalog.heldByteCount(of: catalogs) }

    private static func isSame(_ first: TensorCatalog, _ second: TensorCatalog) -> Bool {
        first.count == second.count && first.files.map(\.seals) == second.files.map(\.seals)
            && zip(first.entries, second.entries).allSatisfy {
                $0.name == $1.name && $0.info == $1.info && $0.file == $1.file
                    && first[$0.name]?.info == second[$0.name]?.info
            }
    }

    @Test("what is shared says what it said alone, and is held once")
    func equal() throws {
        let (first, second) = (try Self.catalog(), try Self.catalog())
        let shared = second.sharing(first)
        #expect(Self.isSame(shared, second))
        #expect(Self.held(first, second) == 2 * Self.held(first))
        #expect(Self.held(first, shared) == Self.held(first))
        // Also once the one is gone whose memory it was.
        #expect(Self.held(shared) == Self.held(first))
    }

    @Test("names are shared where tensors lie elsewhere, have other shapes or other checksums")
    func partly() throws {
        let first = try Self.catalog()
        for other in [try Self.catalog(shiftedBy: 64), try Self.catalog(shape: [6]), try Self.catalog(checksum: 8)] {
            let shared = other.sharing(first)
            #expect(Self.isSame(shared, other))
            #expect(Self.held(first, shared) < 2 * Self.held(first))
            #expect(Self.held(first, shared) > Self.held(first))
        }
    }

    @Test("nothing is shared with other names, another order or another number of tensors")
    func different() throws {
        let first = try Self.catalog()
        let others = [Self.names.dropLast() + ["x"], Self.names.dropLast(), Self.names.reversed()].map { Array($0) }
        for names in others {
            let other = try Self.catalog(names)
            let shared = other.sharing(first)
            #expect(Self.isSame(shared, other))
            #expect(Self.held(first, shared) == Self.held(first) + Self.held(other))
        }
    }
}
