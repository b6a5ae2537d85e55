import TensorFormats
import Testing

@Suite struct SafetensorsEncodingTests {
    @Test func bytesAreThoseOfTheReferenceWriter() throws {
        let bytes = SafetensorsHeader.encode(
            tensors: [("w", .f32, [2, 3]), ("s", .i64, [])],
            metadata: [("format", "pt")]
        )
        let json =
            #"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
            + #""s":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}"#
        let text = String(decoding: bytes.dropFirst(8), as: UTF8.self)
        #expect(text.hasPrefix(json))
        #expect(text.dropFirst(json.count).allSatisfy { $0 == " " })
        #expect(bytes.count.isMultiple(of: 8) && text.count - json.count < 8)
        #expect(bytes.prefix(8) == [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func nothingIsStillAnObject() throws {
        #expect(SafetensorsHeader.encode(tensors: []) == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    }

    @Test func metadataIsReplacedAndTheDataStaysValid() throws {
        let header = try readHeader(of: Fixture.bytes("safetensors/good_1.safetensors"))
        let bytes = try header.encoded(metadata: [("format", "pt"), ("lawa", "k=5 \"newest\"\n")])
        let copy = try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + 76)
        #expect(copy.metadata.map(\.value) == ["pt", "k=5 \"newest\"\n"])
        let shift = copy.headerByteCount - header.headerByteCount
        #expect(shift != 0)
        for (old, new) in zip(header.tensors, copy.tensors) {
            let moved = old.byteRange.lowerBound + shift..<old.byteRange.upperBound + shift
            #expect(new == TensorInfo(name: old.name, elementType: old.elementType, shape: old.shape, byteRange: moved))
        }
    }

    @Test func metadataThatNoReaderAcceptsIsRefused() throws {
        let header = try readHeader(of: Fixture.bytes("safetensors/good_1.safetensors"))
        #expect(throws: SafetensorsError.self) { try header.encoded(metadata: [("k", "1"), ("k", "2")]) }
    }
}
