import Dispatch
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

    @Test(arguments: [(SIGTERM, 143, "SIGTERM"), (SIGINT, 130, "SIGINT")] as [(Int32, Int32, String)])
    func aSignalLeavesNothing(signal: Int32, code: Int32, name: String) async throws {
        let directory = try TemporaryDirectory()
        for step in 1...5 { try writeSparseMember(directory.path.appending("run/step_\(step).safetensors"), step) }
        let output = directory.path.appending("out")
        try Publication.makeDirectories(output)
        let begun = try signalOnceBegun(signal, in: output)
        let result = try await run(
            .path(BuiltProduct.path("lawa")),
            arguments: ["average", "\(directory.path)/run", "--output", "\(output)/average.safetensors"],
            input: .none,
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(await begun().hasPrefix(".average.safetensors.lawa-"))
        #expect(result.terminationStatus == .exited(code))
        #expect(result.standardOutput == "")
        #expect(result.standardError.hasPrefix("lawa: stopped by \(name); nothing was written"))
        #expect(try DirectoryListing.entries(of: output).isEmpty)
        #expect(try DirectoryListing.entries(of: directory.path.appending("run")).count == 5)
    }

    /// Sends a signal to the process whose staging directory appears, which is as soon as its average has begun.
    ///
    /// It waits on a thread of its own: tests that keep all of the pool's threads busy would let the average finish.
    ///
    /// - Returns: the name of the staging directory, once it is asked for.
    private func signalOnceBegun(_ signal: Int32, in output: FilePath) throws -> @Sendable () async -> String {
        let events = try Inotify()
        _ = try events.addWatch(output)
        let (names, continuation) = AsyncStream<String>.makeStream()
        DispatchQueue(label: "signal").async {
            let name = (try? events.wait(timeoutMilliseconds: 60_000).compactMap(\.name).first) ?? "nothing"
            if let process = Int32(name.split(separator: "-").last ?? "") { kill(process, signal) }
            continuation.yield(name)
            continuation.finish()
        }
        return { await names.first { _ in true } ?? "nothing" }
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
