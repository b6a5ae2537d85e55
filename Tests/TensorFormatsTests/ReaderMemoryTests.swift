import TestSupport
import Testing

@testable import TensorFormats

@Suite("Readers keep within the memory that they may take")
struct ReaderMemoryTests {
    private static let memory = ReaderMemory(byteCount: 1 << 20, origin: "of a test")

    @Test(
        "A pickle of a few bytes each is refused for what they would take",
        arguments: [
            ("values", [0x80, 2, 0x5D, 0x28], 0x4E), ("memo", [0x80, 4, 0x5D], 0x94), ("lists", [0x80, 2, 0x28], 0x5D),
            ("marks", [0x80, 2], 0x28),
        ] as [(String, [UInt8], UInt8)]
    )
    func pickles(_ name: String, start: [UInt8], repeated: UInt8) {
        let pickle = start + [UInt8](repeating: repeated, count: 200_000)
        let error = #expect(throws: PickleError.self, "\(name)") {
            try PickleMachine.run(pickle, limits: PickleLimits(memory: Self.memory))
        }
        guard case .memory(let shortage)? = error?.reason else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
        #expect(shortage.needed > shortage.limit.byteCount)
        #expect(shortage.needed < 2 * shortage.limit.byteCount)
        #expect("\(shortage)".contains("the limit is 1048576 bytes, of a test"))
    }

    @Test("A header is refused before it is read, and for what its tensors and pairs would take")
    func headers() throws {
        let prefix: [UInt8] = [0, 0, 0x10, 0, 0, 0, 0, 0]
        #expect(throws: SafetensorsError.self) {
            try SafetensorsHeader.headerByteCount(prefix: prefix, fileByteCount: 1 << 30, memory: Self.memory)
        }
        let tensors = (0..<4000).map { #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
        let pairs = (0..<10_000).map { #""\#($0)":"""# }
        for json in ["{\(tensors.joined(separator: ","))}", #"{"__metadata__":{\#(pairs.joined(separator: ","))}}"#] {
            let file = Self.file(json)
            let error = #expect(throws: SafetensorsError.self) {
                try SafetensorsHeader(parsing: file, fileByteCount: file.count, memory: Self.memory)
            }
            guard case .memory? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            _ = try SafetensorsHeader(parsing: file, fileByteCount: file.count)
        }
    }

    @Test("Keys that mean nothing to the reader count as well")
    func keys() {
        let keys = (0..<10_000).map { #""\#($0)":0"# }.joined(separator: ",")
        let file = Self.file(#"{"a":{\#(keys)}}"#)
        let error = #expect(throws: SafetensorsError.self) {
            try SafetensorsHeader(parsing: file, fileByteCount: file.count, memory: Self.memory)
        }
        #expect(error.map { "\($0)".contains("the limit is") } == true)
    }

    @Test("An index is refused for what its tensors would take")
    func index() throws {
        let json = #"{"weight_map":{\#((0..<10_000).map { #""\#($0)":"a""# }.joined(separator: ","))}}"#
        #expect(throws: ShardIndexError.self) { try ShardIndex(parsing: Array(json.utf8), memory: Self.memory) }
        #expect(try ShardIndex(parsing: Array(json.utf8)).weightMap.count == 10_000)
    }

    private static func file(_ json: String) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: json.utf8.count >> (8 * $0)) } + Array(json.utf8)
    }
}
