import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct StagedModesTests {
    @Test(
        "an average is no more readable than the least readable member",
        arguments: [
            ([0o644, 0o644], 0o644, 0o644), ([0o600, 0o600], 0o644, 0o600), ([0o644, 0o600], 0o644, 0o600),
            ([0o640, 0o604], 0o644, 0o600), ([0o640, 0o660], 0o640, 0o640), ([0o444, 0o644], 0o600, 0o644),
        ] as [([UInt32], UInt32, UInt32)]
    )
    func common(members: [UInt32], sidecar: UInt32, expected: UInt32) throws {
        try withTemporaryDirectory { directory in
            let place = try StorePlace(directory)
            let saved = try place.window("checkpoint-20", value: 2, run: "run")
            for (member, mode) in zip(saved.members, members) {
                try Self.setMode(mode, member.candidate.path.appending("model.safetensors"))
            }
            try Self.setMode(sidecar, saved.newest.candidate.path.appending("config.json"))
            let paths = saved.members.map(\.candidate.path).enumerated()
            let opened = try paths.map { try CheckpointOpener.open($0.element, position: $0.offset) }
            let average = try place.publish(#require(CheckpointWindow(members: opened)))
            let umask: UInt32 = 0o022
            let modes = try ["model.safetensors", "lawa.json", "config.json"].map {
                try FileStatus.of(average.path.appending($0)).mode
            }
            #expect(
                modes == [expected & ~umask | 0o600, expected & ~umask | 0o600, expected & sidecar & ~umask | 0o600]
            )
            let entered = try FileStatus.of(average.path).mode
            #expect(entered & 0o055 == (expected & 0o044) | (expected & 0o044) >> 2)
        }
    }

    private static func setMode(_ mode: UInt32, _ path: FilePath) throws {
        let bytes = try Fixture.read(path)
        try Publication.write(bytes, as: path, mode: mode)
    }
}
