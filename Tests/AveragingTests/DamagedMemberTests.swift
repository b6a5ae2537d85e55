import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// Members whose bytes are not what the files' own checksums say.
@Suite struct DamagedMemberTests {
    /// Three files of torch.save with records that lie in none, one or all of the averaged tensors.
    private static let source = "tied"

    /// Copies of a window's members, after `damage` has changed the bytes of one.
    private func members(
        _ directory: FilePath,
        damaging index: Int,
        _ damage: (inout [UInt8], [ByteSeal]) -> Void
    ) throws -> CheckpointWindow {
        let window = try TorchWindow(Self.source)
        let checkpoints = try window.expectation.window.enumerated().map { position, name in
            let original = window.directory.appending("run/\(name)")
            let seals = try CheckpointOpener.open(original, position: position).catalog.files[0].seals
            var bytes = try Fixture.read(original)
            if position == index { damage(&bytes, seals) }
            try Fixture.write(bytes, to: directory.appending(name))
            return try CheckpointOpener.open(directory.appending(name), position: position)
        }
        return try #require(CheckpointWindow(members: checkpoints))
    }

    private func make(
        _ window: CheckpointWindow,
        in directory: FilePath,
        known: [FileFingerprint] = [],
        format: OutputFormat = .same
    ) throws -> StagedAverage {
        let plan = try AveragingPlanner(known: Self.contents(of: known)).plan(window, recipe: .lawa)
        return try StagedAverage.make(
            plan,
            in: directory.appending("staged"),
            outputName: "average.pt",
            format: format,
            averager: Averager(limits: EngineLimits(threads: 2), chunkByteCount: 4096, access: .direct),
            control: AveragingControl(),
            program: "test"
        )
    }

    /// What an earlier pass would have found; the value matters to nobody but the manifest.
    private static func contents(of files: [FileFingerprint]) -> [FileFingerprint: ContentChecksum] {
        Dictionary(uniqueKeysWithValues: files.map { ($0, ContentChecksum()) })
    }

    /// The last sealed bytes, which are a tensor's or an optimizer's, and those of the first tensor.
    private static func payloads(_ seals: [ByteSeal]) -> [ByteSeal] {
        seals.filter { $0.range.count.isMultiple(of: 4) && $0.range.count <= 96 }
    }

    @Test("one flipped bit, in a tensor or in what no average needs, in any member", arguments: 0..<3, [0, 1, 2, 3, 4])
    func flippedBit(member: Int, record: Int) throws {
        try withTemporaryDirectory { directory in
            var broken: ByteSeal?
            var found: UInt32?
            let window = try members(directory, damaging: member) { bytes, seals in
                let payloads = Self.payloads(seals)
                let seal = payloads[record % payloads.count]
                bytes[seal.range.upperBound - 1] ^= 1
                found = EngineScenario.crc32(bytes[seal.range])
                broken = seal
            }
            let seal = try #require(broken)
            let error = #expect(throws: AveragingError.self) { try make(window, in: directory) }
            guard case .damaged(let damage) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let name = "ckpt_\(member + 1).pt"
            #expect(damage.member == member && damage.name == name && damage.path == directory.appending(name))
            #expect(damage.range == seal.range && damage.expected == seal.checksum && damage.found == found)
            #expect(error?.isTransient == false)
            #expect(try FileStatus.ifPresent(directory.appending("staged")) == nil)
        }
    }

    @Test("the words say where, what is stated, what was found, and what to do")
    func text() throws {
        let damage = AveragingError.Damage(
            member: 1,
            name: "ckpt_2.pt",
            path: "/run/ckpt_2.pt",
            range: 640..<704,
            expected: 0xAB,
            found: 0x1234_5678
        )
        #expect(
            "\(AveragingError.damaged(damage))" == "\"/run/ckpt_2.pt\" is damaged: the 64 bytes at offset 640 have "
                + "CRC-32 0x12345678, the file states 0xab; leave it out, or save it again"
        )
    }

    @Test("of several damaged members the oldest is told, and of its records the first, at any number of threads")
    func several() throws {
        try withTemporaryDirectory { directory in
            let window = try TorchWindow(Self.source)
            var first: ByteSeal?
            let checkpoints = try window.expectation.window.enumerated().map { position, name in
                let original = window.directory.appending("run/\(name)")
                let seals = try CheckpointOpener.open(original, position: position).catalog.files[0].seals
                var bytes = try Fixture.read(original)
                if position > 0 {
                    for seal in Self.payloads(seals) { bytes[seal.range.lowerBound] ^= 1 }
                    first = first ?? Self.payloads(seals).first
                }
                try Fixture.write(bytes, to: directory.appending(name))
                return try CheckpointOpener.open(directory.appending(name), position: position)
            }
            let damaged = try #require(CheckpointWindow(members: checkpoints))
            for _ in 0..<10 {
                let error = #expect(throws: AveragingError.self) { try make(damaged, in: directory) }
                guard case .damaged(let damage) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(damage.member == 1 && damage.range == first?.range)
            }
        }
    }

    @Test("what an earlier pass found whole is not checked again, and only that")
    func known() throws {
        try withTemporaryDirectory { directory in
            let window = try members(directory, damaging: 1) { bytes, seals in
                let seal = Self.payloads(seals)[0]
                bytes[seal.range.upperBound - 1] ^= 1
            }
            let prints = window.members.map { $0.weights[0].fingerprint }
            #expect(throws: AveragingError.self) { try make(window, in: directory) }
            #expect(throws: AveragingError.self) { try make(window, in: directory, known: [prints[0], prints[2]]) }
            let plan = try AveragingPlanner(known: Self.contents(of: [prints[1]])).plan(window, recipe: .lawa)
            #expect(plan.spans.inputs.map(\.seals.isEmpty) == [false, true, false])
            let plain = try AveragingPlanner().plan(window, recipe: .lawa)
            #expect(plan.spans.outputs[0].seals == plain.spans.outputs[0].seals)
            let staged = try make(window, in: directory, known: [prints[1]])
            // The checksums of the average are true all the same: it can be averaged in turn.
            let average = try CheckpointOpener.open(staged.directory.appending("average.pt"), position: 9)
            let again = try #require(CheckpointWindow(members: [window.members[0], average]))
            _ = try make(again, in: directory.appending("again"))
        }
    }

    @Test("another version of a known file is checked")
    func rewritten() throws {
        try withTemporaryDirectory { directory in
            let whole = try members(directory, damaging: -1) { _, _ in }
            let known = whole.members.map { $0.weights[0].fingerprint }
            _ = try make(whole, in: directory, known: known)
            let path = whole.members[1].candidate.path
            let seal = try #require(Self.payloads(whole.members[1].catalog.files[0].seals).first)
            let before = try FileStatus.of(path).modificationTime
            repeat {
                let writer = try FileDescriptor.open(path, .writeOnly)
                _ = try writer.closeAfter {
                    try writer.writeAll(toAbsoluteOffset: Int64(seal.range.lowerBound), [0x3F])
                }
            } while try FileStatus.of(path).modificationTime == before
            let error = #expect(throws: AveragingError.self) { try make(whole, in: directory, known: known) }
            guard case .memberChanged = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let checkpoints = try whole.members.map { try CheckpointOpener.open($0.candidate.path, position: 0) }
            let rewritten = try #require(CheckpointWindow(members: checkpoints))
            let damage = #expect(throws: AveragingError.self) { try make(rewritten, in: directory, known: known) }
            guard case .damaged = damage else {
                Issue.record("\(String(describing: damage))")
                return
            }
        }
    }

    @Test("a damaged member gives no export either")
    func export() throws {
        try withTemporaryDirectory { directory in
            let window = try members(directory, damaging: 2) { bytes, seals in
                bytes[Self.payloads(seals)[0].range.lowerBound] ^= 0x10
            }
            #expect(throws: AveragingError.self) { try make(window, in: directory, format: .safetensors) }
            #expect(try FileStatus.ifPresent(directory.appending("staged")) == nil)
        }
    }
}
