import Checkpoints
import FoundationEssentials
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import Averaging

/// A window of files that PyTorch wrote, with the exact means of its tensors.
struct TorchWindow {
    /// `expected.json`: what must become of each tensor.
    struct Expectation: Decodable {
        struct Weights: Decodable {
            let file: String
            let expected: String
            let averaged: [String]
            let identical: [String]
            let flexible: [String]?
        }

        let window: [String]
        let newest: String
        let weights: [Weights]?
        let options: [String]?
        let refused: Bool?
    }

    private static let root = FilePath(#filePath).removingLastComponent().appending("Fixtures/torch")

    /// The names of all windows.
    static let names: [String] = {
        let entries = (try? DirectoryListing.entries(of: root)) ?? []
        return entries.filter { $0.kind == .directory }.map(\.name).sorted()
    }()

    let expectation: Expectation
    /// Where the members lie, below `run`, and the means, below `expected`.
    let directory: FilePath

    init(_ name: String) throws {
        directory = Self.root.appending(name)
        let bytes = try Fixture.read(directory.appending("expected/expected.json"))
        expectation = try JSONDecoder().decode(Expectation.self, from: Data(bytes))
    }

    /// Where the newest member lies.
    var newest: FilePath { directory.appending("run/\(expectation.newest)") }

    /// The plan for the window by the options that its expectation names.
    func plan() throws -> AveragingPlan {
        let model = expectation.options.flatMap { options in
            options.firstIndex(of: "--model").map { [options[$0 + 1]] }
        }
        let members = try expectation.window.enumerated().map { position, name in
            try CheckpointOpener.open(directory.appending("run/\(name)"), position: position, model: model)
        }
        let window = try #require(CheckpointWindow(members: members))
        let recipe = Recipe(name: "lawa", window: .last(members.count), minimumMembers: 1)
        return try AveragingPlanner(rules: TensorRules(quantized: .copy)).plan(window, recipe: recipe)
    }

    /// Holds what was written below a directory against the expectation, tensor by tensor and around the tensors.
    func check(_ plan: AveragingPlan, in output: FilePath) throws {
        for (index, weights) in (expectation.weights ?? []).enumerated() {
            let file = plan.newest.weights[index].relativePath
            let isFile = plan.newest.candidate.unit == .file
            let original = try Fixture.read(isFile ? newest : newest.appending(weights.file))
            let found = try Fixture.read(output.appending(file))
            let means = try SafetensorsSample(Fixture.read(directory.appending("expected/\(weights.expected)")))
            let tensors = plan.newest.catalog.entries.filter { $0.file == index }.map(\.info)
            #expect(Set(weights.averaged + weights.identical).isSubset(of: tensors.map(\.name)))
            for tensor in tensors {
                let bytes = Self.rowMajor(tensor, found)
                if weights.averaged.contains(tensor.name) {
                    #expect(try bytes == means.bytes(of: tensor.name), "\(tensor.name) is not the exact mean")
                } else if weights.flexible?.contains(tensor.name) != true {
                    let isKept = bytes == Self.rowMajor(tensor, original)
                    #expect(isKept, "\(tensor.name) is not the newest's")
                }
            }
            Self.checkRest(plan, index, original: original, found: found)
        }
    }

    /// Outside of what is averaged, every byte is the newest's, but for the checksums of what changed.
    private static func checkRest(_ plan: AveragingPlan, _ index: Int, original: [UInt8], found: [UInt8]) {
        var rest = found
        let output = plan.spans.outputs[index]
        for span in output.spans { rest.replaceSubrange(span.output, with: original[span.output]) }
        for seal in output.seals {
            let checksum = EngineScenario.crc32(found[seal.range])
            for place in seal.places {
                let stated = found[place..<(place + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                #expect(stated == checksum, "the checksum at \(place)")
                rest.replaceSubrange(place..<(place + 4), with: original[place..<(place + 4)])
            }
        }
        let isSame = rest == original
        #expect(isSame, "bytes around the tensors changed")
    }

    /// The elements of a tensor in a file as a tensor without strides has them.
    static func rowMajor(_ tensor: TensorInfo, _ file: [UInt8]) -> [UInt8] {
        guard let strides = tensor.strides, !tensor.byteRange.isEmpty else { return Array(file[tensor.byteRange]) }
        let size = tensor.elementType.bitCount / 8
        var room = [UInt8](repeating: 0, count: tensor.elementCount * size)
        var walk = ElementWalk(shape: tensor.shape, strides: strides)
        file.withUnsafeBytes { bytes in
            room.withUnsafeMutableBytes { room in
                guard let start = bytes.baseAddress else { return }
                _ = walk.copy(from: start + tensor.byteRange.lowerBound, size: size, into: room)
            }
        }
        return room
    }
}
