import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// A made-up span plan as no format would have it: tensors cut and scattered over files differently in each member, at
/// any alignment, with seals in between; and the outputs that it must give, made from whole files in memory.
struct EngineScenario {
    let plan: SpanPlan
    /// By weights, then by output.
    let expected: [[[UInt8]]]
    /// The bytes of each input.
    let inputs: [[UInt8]]

    static let names = AveragingNames(members: (0..<64).map { "member \($0)" }) { "tensor \($0)" }

    /// Writes the members below a directory; the content of some inputs is told beforehand.
    init(
        seed: UInt64,
        members: Int,
        weights: [MemberWeights],
        in directory: FilePath,
        isKnown: (Int) -> Bool = { _ in false }
    ) throws {
        var builder = ScenarioBuilder(random: SeededGenerator(seed: seed), memberCount: members)
        let inputs = builder.makeInputs()
        self.inputs = inputs
        let files = try inputs.enumerated().map { index, bytes in
            let path = directory.appending("input-\(index)")
            try Fixture.write(bytes, to: path)
            let file = CheckpointFile(relativePath: "input-\(index)", fingerprint: try .init(FileStatus.of(path)))
            return SpanPlan.Input(
                member: index / ScenarioBuilder.filesOfMember,
                path: path,
                file: file,
                seals: isKnown(index) ? [] : builder.makeInputSeals(bytes),
                known: isKnown(index) ? AverageCheck.checksum(bytes) : nil
            )
        }
        let templates = ((members - 1) * ScenarioBuilder.filesOfMember)..<(members * ScenarioBuilder.filesOfMember)
        let outputs = templates.map { builder.makeOutput(template: $0, byteCount: inputs[$0].count) }
        plan = SpanPlan(inputs: files, outputs: outputs, memberCount: members, weights: weights)
        expected = weights.map { weights in outputs.map { Self.bytes(of: $0, weights, members, inputs) } }
    }

    private static func bytes(
        of output: SpanPlan.Output,
        _ weights: MemberWeights,
        _ memberCount: Int,
        _ inputs: [[UInt8]]
    ) -> [UInt8] {
        var bytes = inputs[output.template]
        for span in output.spans {
            let members = (0..<memberCount).map { member in
                span.pieces.filter { $0.member == member }.flatMap {
                    inputs[$0.input][$0.offset..<($0.offset + $0.part.count)]
                }
            }
            bytes.replaceSubrange(span.output, with: mean(members, weights, span.elementType))
        }
        for seal in output.seals {
            for place in seal.places {
                withUnsafeBytes(of: crc32(bytes[seal.range]).littleEndian) {
                    bytes.replaceSubrange(place..<(place + 4), with: $0)
                }
            }
        }
        for amendment in output.amendments { bytes.replaceSubrange(amendment.range, with: amendment.bytes) }
        return bytes
    }

    /// The CRC-32 of zip archives, bit by bit.
    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let isOdd = crc & 1 == 1
                crc >>= 1
                if isOdd { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }

    private static func mean(_ members: [[UInt8]], _ weights: MemberWeights, _ type: ElementType) -> [UInt8] {
        let chosen = weights.members.map { member in
            let copy = UnsafeMutableRawPointer.allocate(byteCount: members[member].count, alignment: 16)
            members[member].withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: bytes)
            }
            return UnsafeRawPointer(copy)
        }
        defer { chosen.forEach { $0.deallocate() } }
        var mixed = [UInt64](repeating: 0, count: chosen.count)
        let count = members[0].count
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = count
            chosen.withUnsafeBufferPointer { sources in
                mixed.withUnsafeMutableBufferPointer { mixed in
                    let room = UnsafeMutableRawBufferPointer(buffer)
                    if weights.isUniform {
                        MeanKernel.mean(
                            of: type,
                            sources: sources,
                            elementCount: count * 8 / type.bitCount,
                            into: room,
                            mixedNonFinite: mixed
                        )
                    } else {
                        weights.values.withUnsafeBufferPointer { values in
                            MeanKernel.weightedMean(
                                of: type,
                                sources: sources,
                                weights: values,
                                elementCount: count * 8 / type.bitCount,
                                into: room,
                                mixedNonFinite: mixed
                            )
                        }
                    }
                }
            }
        }
    }

    /// Carries the plan out and holds every byte and checksum against what it must be.
    func expect(
        limits: EngineLimits,
        access: AccessMethod = .direct,
        in directory: FilePath,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let directories = plan.weights.indices.map { directory.appending("average-\($0)") }
        for directory in directories { try Publication.makeDirectories(directory) }
        let control = AveragingControl()
        let outcome = try Averager(limits: limits, chunkByteCount: 8192, access: access)
            .run(plan, into: directories, control: control, names: Self.names)
        for (weights, directory) in directories.enumerated() {
            for (index, output) in plan.outputs.enumerated() {
                let bytes = try Fixture.read(directory.appending(output.relativePath))
                // Not within #expect, which would describe the difference of two long lists.
                let isRight = bytes == expected[weights][index]
                #expect(isRight, "output \(index) of weights \(weights)", sourceLocation: sourceLocation)
                let checksum = AverageCheck.checksum(bytes)
                #expect(outcome.outputChecksums[weights][index] == checksum, sourceLocation: sourceLocation)
            }
            try Publication.removeTree(directory)
        }
        #expect(outcome.inputChecksums == inputs.map(AverageCheck.checksum), sourceLocation: sourceLocation)
        #expect(control.progress.fraction == 1, sourceLocation: sourceLocation)
    }
}

/// Makes the parts of a scenario at random.
private struct ScenarioBuilder {
    static let filesOfMember = 2

    var random: SeededGenerator
    let memberCount: Int
    private var tensor = 0

    init(random: SeededGenerator, memberCount: Int) {
        self.random = random
        self.memberCount = memberCount
    }

    /// Bytes of which any run is a finite number of any type: no exponent has all its bits.
    mutating func makeInputs() -> [[UInt8]] {
        (0..<(memberCount * Self.filesOfMember)).map { _ in
            let words = (0..<Int.random(in: 5000...7000, using: &random)).map { _ in
                random.next() & 0xDFDF_DFDF_DFDF_DFDF
            }
            return words.withUnsafeBytes { Array($0) }
        }
    }

    mutating func makeOutput(template: Int, byteCount: Int) -> SpanPlan.Output {
        var spans: [SpanPlan.Span] = []
        var seals: [ByteSeal] = []
        var position = 0
        while byteCount - position > 2000 {
            let start = position + Int.random(in: 0...300, using: &random)
            position = start
            for _ in 0..<Int.random(in: 0...40, using: &random) where byteCount - position > 1000 {
                position += Int.random(in: 0...9, using: &random)
                let span = makeSpan(at: position, limit: byteCount - 500)
                position = span.output.upperBound
                spans.append(span)
            }
            guard position > start, Bool.random(using: &random) else { continue }
            seals.append(ByteSeal(range: start..<position, checksum: 0, places: [position, position + 100]))
            position += 104
        }
        let name = "sub/output-\(template)"
        return SpanPlan.Output(
            relativePath: name,
            template: template,
            byteCount: byteCount,
            spans: spans,
            seals: seals,
            amendments: [ByteAmendment(offset: byteCount - 300, bytes: Array("amended".utf8))]
        )
    }

    /// True checksums of runs of an input that have nothing to do with where its tensors lie.
    mutating func makeInputSeals(_ bytes: [UInt8]) -> [ByteSeal] {
        var seals: [ByteSeal] = []
        var position = 0
        while position < bytes.count {
            let start = position + Int.random(in: 0...500, using: &random)
            let end = start + Int.random(in: 1...12_000, using: &random)
            position = end
            guard end <= bytes.count else { break }
            seals.append(ByteSeal(range: start..<end, checksum: EngineScenario.crc32(bytes[start..<end]), places: []))
        }
        return seals
    }

    private mutating func makeSpan(at position: Int, limit: Int) -> SpanPlan.Span {
        let types: [ElementType] = [.f64, .f32, .f16, .bf16]
        let type = types[Int.random(in: 0..<4, using: &random)]
        let size = type.bitCount / 8
        let most = max(1, min(limit - position, Bool.random(using: &random) ? 40 : 9000) / size)
        let count = Int.random(in: 1...most, using: &random)
        let pieces = (0..<memberCount).flatMap { makePieces(of: $0, elementCount: count, size: size) }
        defer { tensor += 1 }
        return SpanPlan.Span(
            tensor: tensor,
            elementType: type,
            output: position..<(position + count * size),
            pieces: pieces
        )
    }

    private mutating func makePieces(of member: Int, elementCount: Int, size: Int) -> [SpanPlan.Piece] {
        var cuts = [0, elementCount]
        if Int.random(in: 0..<4, using: &random) == 0 {
            cuts += (0..<3).map { _ in Int.random(in: 0...elementCount, using: &random) }
        }
        let ends = Set(cuts).sorted()
        return zip(ends, ends.dropFirst()).map { start, end in
            let input = member * Self.filesOfMember + Int.random(in: 0..<Self.filesOfMember, using: &random)
            let offset = Int.random(in: 0...(39_000 - (end - start) * size), using: &random)
            return SpanPlan.Piece(member: member, input: input, offset: offset, part: (start * size)..<(end * size))
        }
    }
}
