/// Assembles pickles by hand: each function gives the bytes that leave one value on the stack.
enum PickleWriter {
    static func pickle(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + [0x2E] }

    static func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }

    static func int(_ number: Int) -> [UInt8] { [0x8A, 8] + little(number) }

    static func global(_ module: String, _ name: String) -> [UInt8] {
        [0x63] + Array("\(module)\n\(name)\n".utf8)
    }

    static func tuple(_ values: [[UInt8]]) -> [UInt8] { [0x28] + values.joined() + [0x74] }

    static func list(_ values: [[UInt8]]) -> [UInt8] { [0x5D, 0x28] + values.joined() + [0x65] }

    static func dict(_ items: [([UInt8], [UInt8])]) -> [UInt8] {
        [0x7D, 0x28] + items.flatMap { $0.0 + $0.1 } + [0x75]
    }

    static func dict(_ items: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
        dict(items.map { (text($0.key), $0.value) })
    }

    static func call(_ function: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] { function + tuple(arguments) + [0x52] }

    /// An object of a class, as NEWOBJ and BUILD make it.
    static func object(_ state: [UInt8]) -> [UInt8] { global("shop", "Thing") + [0x29, 0x81] + state + [0x62] }

    static func storage(
        _ key: String = "0",
        _ type: String = "FloatStorage",
        count: Int = 12,
        more: [[UInt8]] = []
    ) -> [UInt8] {
        let storageClass = global(type == "UntypedStorage" ? "torch.storage" : "torch", type)
        return tuple([text("storage"), storageClass, text(key), text("cpu"), int(count)] + more) + [0x51]
    }

    static func tensor(
        _ storage: [UInt8] = storage(),
        offset: Int = 0,
        _ size: [Int] = [3],
        _ stride: [Int] = [1],
        function: String = "_rebuild_tensor_v2",
        more: [[UInt8]] = [[0x89], [0x4E]]
    ) -> [UInt8] {
        call(
            global("torch._utils", function),
            [storage, int(offset), tuple(size.map(int)), tuple(stride.map(int))] + more
        )
    }

    /// A tensor of its own storage with so many elements of four bytes.
    static func weights(_ key: String, count: Int = 4) -> [UInt8] {
        tensor(storage(key, count: count), [count], [1])
    }

    static let none: [UInt8] = [0x4E]

    static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
