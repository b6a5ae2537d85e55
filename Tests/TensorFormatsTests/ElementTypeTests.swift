import TensorFormats
import Testing

@Suite struct ElementTypeTests {
    @Test func namesAndSizesAreThoseOfSafetensors08InItsOrder() {
        let expected: [(String, Int)] = [
            ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8),
            ("F8_E4M3", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16),
            ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64), ("I64", 64),
            ("U64", 64),
        ]
        #expect(ElementType.safetensors.map(\.rawValue) == expected.map(\.0))
        #expect(ElementType.safetensors.map(\.bitCount) == expected.map(\.1))
    }

    @Test(arguments: [(ElementType.c32, 32), (.c128, 128)])
    func typesOfPyTorchAloneAreRefusedInSafetensors(_ type: ElementType, _ bitCount: Int) {
        #expect(type.bitCount == bitCount)
        let bytes = SafetensorsHeader.encode(tensors: [("a", type, [2])])
        #expect(throws: SafetensorsError.self) {
            try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + bitCount / 4)
        }
    }

    @Test func onlyWholeFloatsAreAveraged() {
        let components = ElementType.allCases.compactMap { type in type.averagedComponent.map { (type, $0) } }
        #expect(components.map(\.0) == [.f16, .bf16, .f32, .c64, .f64, .c32, .c128])
        #expect(components.map(\.1) == [.f16, .bf16, .f32, .f32, .f64, .f16, .f64])
    }

    @Test(arguments: ElementType.allCases)
    func kindAgreesWithTheAverage(_ type: ElementType) {
        #expect((type.averagedComponent != nil) == [.float, .complex].contains(type.kind))
        #expect((type.kind == .integer) == ["I", "U"].contains(type.rawValue.prefix(1)))
        #expect((type.kind == .smallFloat) == (type.rawValue.hasPrefix("F") && type.bitCount <= 8))
    }

    @Test func aScalarHasOneElement() {
        #expect(TensorInfo(name: "s", elementType: .f32, shape: [], byteRange: 8..<12).elementCount == 1)
        #expect(TensorInfo(name: "e", elementType: .f32, shape: [3, 0], byteRange: 8..<8).elementCount == 0)
    }
}
