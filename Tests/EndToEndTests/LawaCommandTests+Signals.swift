import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TensorFormats
import TestSupport
import Testing

extension LawaCommandTests {
    /// The average of five such members takes far longer than a signal; they are sparse and cost neither time nor room.
    private static let memberByteCount = 512 << 20

    @Test(
        arguments: [(SIGTERM, 143, "SIGTERM"), (SIGINT, 130, "SIGINT"), (SIGHUP, 129, "SIGHUP")]
            as [(Int32, Int32, String)]
    )
    func aSignalLeavesNothing(signal: Int32, code: Int32, name: String) async throws {
        let directory = try TemporaryDirectory()
        for step in 1...5 { try writeSparseMember(directory.path.appending("run/step_\(step).safetensors"), step) }
        let output = directory.path.appending("out")
        try Publication.makeDirectories(output)
        // The staging directory appears as soon as the average has begun; its name ends in the process.
        let begun = try SignalOnAppearance(signal, in: output) { name in
            name.split(separator: "-").last.flatMap { Int32($0) }
        }
        let result = try await run(
            .path(BuiltProduct.path("lawa")),
            arguments: ["average", "\(directory.path)/run", "--output", "\(output)/average.safetensors"],
            input: .none,
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(await begun.name.hasPrefix(".lawa-average-"))
        #expect(result.terminationStatus == .exited(code))
        #expect(result.standardOutput == "")
        #expect(result.standardError.hasPrefix("lawa: stopped by \(name); nothing was written"))
        #expect(try DirectoryListing.entries(of: output).isEmpty)
        #expect(try DirectoryListing.entries(of: directory.path.appending("run")).count == 5)
    }

    private func writeSparseMember(_ path: FilePath, _ step: Int) throws {
        try Publication.makeDirectories(path.removingLastComponent())
        let elements = Self.memberByteCount / 4
        let header = SafetensorsHeader.encode(tensors: [(name: "w", elementType: .f32, shape: [elements])])
        let file = try File.create(path)
        // One number at either end: what is zero throughout, or ends in a hole, is taken for unfinished.
        let number: [UInt8] = [UInt8(step), 0, 0x80, 0x3F]
        try (header + number).withUnsafeBytes { try file.write($0, at: 0) }
        try number.withUnsafeBytes { try file.write($0, at: header.count + Self.memberByteCount - 4) }
    }
}
