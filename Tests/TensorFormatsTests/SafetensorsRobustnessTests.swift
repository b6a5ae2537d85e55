import TensorFormats
import TestSupport
import Testing

@Suite struct SafetensorsRobustnessTests {
    @Test(arguments: 0..<40)
    func whatIsWrittenIsRead(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tensors = (0..<Int.random(in: 0...60, using: &random)).map { index in
            randomTensor(index, using: &random)
        }
        let metadata = (0..<Int.random(in: 0...12, using: &random)).map { index in
            (key: "\(index)" + randomText(using: &random), value: randomText(using: &random))
        }
        let bytes = SafetensorsHeader.encode(tensors: tensors, metadata: metadata)
        let dataByteCount = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) * $1.elementType.bitCount / 8 }
        let header = try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + dataByteCount)
        expectSound(header)
        #expect(header.headerByteCount == bytes.count)
        #expect(header.metadata.map(\.key) == metadata.map(\.key))
        #expect(header.metadata.map(\.value) == metadata.map(\.value))
        let byName = Dictionary(uniqueKeysWithValues: header.tensors.map { ($0.name, $0) })
        #expect(byName.count == tensors.count)
        for tensor in tensors {
            #expect(byName[tensor.name]?.elementType == tensor.elementType)
            #expect(byName[tensor.name]?.shape == tensor.shape)
        }
    }

    @Test func manyTensorsAreReadInOrder() throws {
        let tensors = (0..<20_000).map {
            (name: "model.layers.\($0).weight", elementType: ElementType.bf16, shape: [$0 % 5])
        }
        let bytes = SafetensorsHeader.encode(tensors: tensors)
        let header = try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + 80_000)
        #expect(header.tensors.map(\.name) == tensors.map(\.name))
        expectSound(header)
    }

    @Test(arguments: ["good_1", "ok_unpadded", "ok_unknown_field"])
    func everyTruncationIsRefused(_ name: String) throws {
        let file = try Fixture.bytes("safetensors/\(name).safetensors")
        for count in 0..<file.count {
            let error = #expect(throws: SafetensorsError.self) { try readHeader(of: Array(file[..<count])) }
            #expect(error != nil, "cut at \(count)")
        }
    }

    /// A header cut short whose length prefix says so is broken JSON, at every place.
    @Test func everyTruncationOfTheJSONIsRefused() throws {
        let json = String(decoding: smallFile.dropFirst(8).dropLast(7), as: UTF8.self)
        for count in 0..<json.utf8.count where json.utf8.dropFirst(count).contains(UInt8(ascii: "}")) {
            let cut = String(decoding: json.utf8.prefix(count), as: UTF8.self)
            #expect(refusal(of: file(json: cut, dataByteCount: 7)) != nil, "cut at \(count)")
        }
    }

    @Test func noSingleByteMutationIsReadAsSomethingUnsound() throws {
        let file = smallFile
        var accepted = 0
        for position in 0..<file.count - 7 {
            for value in UInt8.min ... .max {
                var mutant = file
                mutant[position] = value
                guard let header = try? readHeader(of: mutant) else { continue }
                accepted += 1
                expectSound(header)
                #expect(header.fileByteCount == file.count)
            }
        }
        // A changed letter of a name is still a header; what is not accepted has been refused, and nothing trapped.
        #expect((400..<1000).contains(accepted))
    }

    @Test(arguments: 0..<200)
    func noiseNeverTraps(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("{}[]\":,\\u0d8ef-.+ \n\u{e9}tnNaIshape__metadata__dtypedata_offsetsF32".utf8)
        let json = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0
        }
        let prefix = withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init)
        #expect(throws: SafetensorsError.self) { try readHeader(of: prefix + json) }
    }

    private var smallFile: [UInt8] {
        SafetensorsHeader.encode(tensors: [("a", .u8, [3]), ("b", .bf16, [1, 2])], metadata: [("k", "v")])
            + [UInt8](repeating: 0, count: 7)
    }

    private func randomTensor(
        _ index: Int,
        using random: inout SeededGenerator
    ) -> (name: String, elementType: ElementType, shape: [Int]) {
        let shape = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...9, using: &random) }
        let elementType = ElementType.safetensors.randomElement(using: &random) ?? .f32
        // Four times any count of elements fills whole bytes, whatever the type.
        return ("\(index)" + randomText(using: &random), elementType, [4] + shape)
    }

    private func randomText(using random: inout SeededGenerator) -> String {
        let scalars: [ClosedRange<UInt32>] = [
            0...0x7F, 0x20...0x7E, 0x80...0xD7FF, 0xE000...0xFFFF, 0x1_0000...0x10_FFFF,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let range = scalars.randomElement(using: &random) ?? 0...0
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
