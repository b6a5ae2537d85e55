import TensorFormats
import Testing

/// What is asked of the zip archive around a pickle, which is always the same.
@Suite struct ZipArchiveTests {
    static let pickle = PickleWriter.stateDict([.init(name: "w", key: "0", count: 3)])
    static let data: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

    static var sound: ArchiveBuilder {
        ArchiveBuilder(records: [
            .init("x/data.pkl", pickle),
            .init("x/byteorder", Array("little".utf8)),
            .init("x/data/0", data),
            .init("x/version", Array("3\n".utf8)),
        ])
    }

    @Test func findsTensorsAndSeals() throws {
        let (bytes, offsets) = Self.sound.build()
        let file = try TorchFile(reading: ByteArraySource(bytes))
        #expect(file.container == .zip)
        #expect(file.byteCount == bytes.count)
        #expect(file.storageByteCount == 12)
        let model = try file.model()
        #expect(
            model.tensors == [
                TensorInfo(name: "w", elementType: .f32, shape: [3], byteRange: offsets[2]..<offsets[2] + 12)
            ]
        )
        #expect(file.seals.map(\.range.lowerBound) == offsets)
        expectSound(file.seals, in: bytes)
    }

    /// Changes to the storage's record or to the archive, after which it means the same.
    static let variants: [(String, @Sendable (inout ArchiveBuilder) -> Void)] = [
        ("descriptor with 64-bit sizes", { $0.records[2].descriptor = .wide }),
        ("sizes in the zip64 field", { $0.records[2].hasWideSizes = true }),
        ("offset in the zip64 field", { $0.records[2].hasWideOffset = true }),
        (
            "sizes and offset in the zip64 field",
            {
                $0.records[2].hasWideSizes = true
                $0.records[2].hasWideOffset = true
            }
        ),
        ("padding before the data", { $0.records[2].localExtra = le(UInt16(0x4246)) + le(UInt16(3)) + [90, 90, 90] }),
        (
            "checksum and sizes in the header, as zip tools write them",
            {
                for index in $0.records.indices {
                    $0.records[index].flags = 0
                    $0.records[index].descriptor = .none
                }
            }
        ),
        ("checksum in the header and behind", { $0.records[2].localChecksum = $0.records[2].checksum }),
        ("no checksum", { $0.records[2].checksum = 0 }),
        ("no zip64 end record", { $0.hasWideEnd = false }),
        ("comment", { $0.comment = Array("made by hand".utf8) }),
        (
            "comment that looks like an end record",
            { $0.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 7, count: 30) }
        ),
        ("longest comment", { $0.comment = [UInt8](repeating: 0x50, count: 65535) }),
        ("gap before the directory", { $0.gap = [UInt8](repeating: 1, count: 100) }),
        ("no byteorder", { $0.records.remove(at: 1) }),
        ("pickle last", { $0.records.append($0.records.remove(at: 0)) }),
        ("directory entry", { $0.records.insert(.init("x/", []), at: 0) }),
        ("record outside", { $0.records.append(.init("y/data/0", [1])) }),
        (
            "prefix of several directories",
            { for i in $0.records.indices { $0.records[i].name = "a/" + $0.records[i].name } }
        ),
        ("prefix beyond ASCII", { for i in $0.records.indices { $0.records[i].name = "模型/" + $0.records[i].name } }),
    ]

    @Test(arguments: variants.indices)
    func acceptsWhatMeansTheSame(_ index: Int) throws {
        var builder = Self.sound
        Self.variants[index].1(&builder)
        let (bytes, offsets) = builder.build()
        let file = try TorchFile(reading: ByteArraySource(bytes))
        let storage = try #require(builder.records.firstIndex { $0.name.hasSuffix("x/data/0") })
        let expected = offsets[storage]..<offsets[storage] + 12
        #expect(try file.model().tensors.map(\.byteRange) == [expected], "\(Self.variants[index].0)")
        #expect(file.seals.contains { $0.range == expected } == (builder.records[storage].checksum != 0))
        expectSound(file.seals, in: bytes)
    }

    @Test func everyPlaceOfAChecksumIsKnown() throws {
        var builder = Self.sound
        let checksum = builder.records[2].checksum
        builder.records[2].localChecksum = checksum
        let (bytes, offsets) = builder.build()
        let file = try TorchFile(reading: ByteArraySource(bytes))
        let seal = try #require(file.seals.first { $0.range.lowerBound == offsets[2] })
        let places = (0...bytes.count - 4).filter { Array(bytes[$0..<$0 + 4]) == le(checksum) }
        #expect(seal.places == places)
        #expect(seal.places.count == 3)
    }

    /// Changes after which the archive is refused, and what the refusal says.
    static let damages: [(String, @Sendable (inout ArchiveBuilder) -> Void)] = [
        ("\"x/data/0\" is encrypted", { $0.records[2].flags |= 1 }),
        ("\"x/data/0\" is compressed (method 8)", { $0.records[2].method = 8 }),
        ("\"x/data/0\" appears twice", { $0.records.append(.init("x/data/0", data)) }),
        ("\"x/version\" appears twice", { $0.records.append(.init("x/version", data)) }),
        ("\"x/data.pkl\" and \"y/data.pkl\"", { $0.records.append(.init("y/data.pkl", pickle)) }),
        ("none of its 3 records is", { $0.records.remove(at: 0) }),
        ("has another name in its header at byte", { $0.records[2].localName = "x/data/1" }),
        ("has another name in its header at byte", { $0.records[2].localName = "x/data/00" }),
        ("has another checksum in its header", { $0.records[2].localChecksum = 1 }),
        ("has no data descriptor", { $0.records[2].descriptor = .none }),
        ("has no header at byte 3", { $0.records[0].headerOffset = 3 }),
        ("and its header at byte 0, and does not end before byte 0", { $0.records[2].headerOffset = 0 }),
        ("has another size in its data descriptor", { $0.records[2].descriptorByteCount = 11 }),
        ("has no data descriptor", { $0.records[2].byteCount = 8 }),
        ("which do not end before the directory", { $0.records[2].byteCount = 1 << 31 }),
        (
            "which do not end before the directory",
            {
                $0.records[2].hasWideOffset = true
                $0.records[2].headerOffset = Int.max
            }
        ),
        (
            "which do not end before the directory",
            {
                $0.records[2].hasWideSizes = true
                $0.records[2].byteCount = Int.max
            }
        ),
        (
            "which do not end before the directory",
            {
                $0.records[2].hasWideSizes = true
                $0.records[2].byteCount = -1
            }
        ),
        ("byte order is \"big\"", { $0.records[1] = .init("x/byteorder", Array("big".utf8)) }),
        ("\"x/byteorder\" has 65 bytes", { $0.records[1] = .init("x/byteorder", [UInt8](repeating: 1, count: 65)) }),
        (
            "TorchScript archive (it has record \"x/constants.pkl\")",
            { $0.records.append(.init("x/constants.pkl", [1])) }
        ),
        ("TorchScript archive (it has record \"x/code/a.py\")", { $0.records.append(.init("x/code/a.py", [1])) }),
        ("\"x/data.pkl\" has the CRC-32", { $0.records[0].checksum ^= 1 }),
        ("storage \"0\" has 13 bytes, its tensors need 12", { $0.records[2] = .init("x/data/0", data + [0]) }),
        ("storage \"0\" is missing", { $0.records[2] = .init("x/data/00", data) }),
        ("zip archive has no records", { $0.records = [] }),
    ]

    @Test(arguments: damages.indices)
    func refuses(_ index: Int) {
        var builder = Self.sound
        Self.damages[index].1(&builder)
        let error = #expect(throws: TorchError.self) { try TorchFile(reading: ByteArraySource(builder.build().bytes)) }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains(Self.damages[index].0), "\(text)")
        #expect(!text.contains("\n") && text.first?.isUppercase != true || text.hasPrefix("TorchScript"))
    }

    @Test(arguments: ["", "..", ".", "a/b", "../data.pkl", "/etc/passwd"])
    func refusesKeysThatAreNoNames(_ key: String) {
        var builder = Self.sound
        builder.records[0] = .init("x/data.pkl", PickleWriter.stateDict([.init(name: "w", key: key, count: 3)]))
        let error = #expect(throws: TorchError.self) { try TorchFile(reading: ByteArraySource(builder.build().bytes)) }
        #expect(error.map { "\($0)".contains("is not a plain name") } == true)
    }

    @Test func aNameThatIsNotTextIsRefused() throws {
        var bytes = Self.sound.build().bytes
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: Array("x/data/0".utf8)) })
        bytes[place] = 0xFF
        let error = #expect(throws: TorchError.self) { try TorchFile(reading: ByteArraySource(bytes)) }
        #expect(error.map { "\($0)".contains("is not valid UTF-8") } == true)
    }

    /// Whatever lies between the records' headers is not read.
    @Test func payloadsAreNotRead() throws {
        var builder = Self.sound
        let count = 40_000
        builder.records[2] = .init("x/data/0", [UInt8](repeating: 1, count: 4 * count))
        builder.records[0] = .init("x/data.pkl", PickleWriter.stateDict([.init(name: "w", key: "0", count: count)]))
        let (bytes, offsets) = builder.build()
        let source = ByteArraySource(bytes + [])
        _ = try TorchFile(reading: source)
        let middle = offsets[2] + 2 * count
        // The end records are looked for in the last 64 KiB.
        #expect(!source.reads.contains { $0.contains(middle) })
    }

    /// A thousand small records cost a few reads, not a thousand.
    @Test func headersOfSmallRecordsAreReadTogether() throws {
        let tensors = (0..<1000).map { PickleWriter.Entry(name: "w\($0)", key: "\($0)", count: 3) }
        let builder = ArchiveBuilder(
            records: [.init("x/data.pkl", PickleWriter.stateDict(tensors))]
                + tensors.map { .init("x/data/\($0.key)", Self.data) }
        )
        let source = ByteArraySource(builder.build().bytes)
        let file = try TorchFile(reading: source)
        #expect(try file.model().tensors.count == 1000)
        #expect(source.reads.count < 10, "\(source.reads.count)")
    }

    private func expectSound(_ seals: [ByteSeal], in bytes: [UInt8]) {
        for seal in seals {
            #expect(ArchiveBuilder.Record.slowChecksum(of: Array(bytes[seal.range])) == seal.checksum)
            for place in seal.places { #expect(Array(bytes[place..<place + 4]) == le(seal.checksum)) }
            #expect(!seal.places.isEmpty)
        }
        #expect(zip(seals, seals.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
}
