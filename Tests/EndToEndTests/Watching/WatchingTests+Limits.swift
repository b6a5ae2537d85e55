import ControlProtocol
import Glibc
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension WatchingTests {
    /// What the kernel grants in inotify instances and watches is used up.
    @Suite(.serialized, .unless(Machine.limitObstacle)) struct Limits {
        /// A limit of inotify.
        enum Limit: String, CaseIterable, Sendable {
            case watches
            case instances

            /// The setting of a namespace of users.
            var setting: String { "/proc/sys/user/max_inotify_\(rawValue)" }
            /// The setting that people know, and change.
            var systemSetting: String { "fs.inotify.max_user_\(rawValue)" }
        }

        @Test(
            "is told with the setting to change, averages come by polling, and events again once there is room",
            arguments: Limit.allCases
        )
        func exhausted(limit: Limit) async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                try await place.withDaemon(script: Self.script("echo 0 >\(limit.setting)")) { daemon in
                    try await daemon.log.wait(containing: "looking at intervals instead", limit.systemSetting)
                    let status = try await daemon.wait(for: .status, StatusReport.self) { !$0.problems.isEmpty }
                    #expect(status.problems.contains { $0.contains(limit.systemSetting) }, "\(status.problems)")
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    let namespace = "nsenter --user --preserve-credentials --target \(daemon.processIdentifier)"
                    try await Machine.shell("\(namespace) sh -c 'echo 1000 >\(limit.setting)'")
                    try await daemon.wait(for: .status, StatusReport.self) { $0.problems.isEmpty }
                    try await trainer.save(3)
                    try await daemon.published(2)
                }
                try expectAverage([1, 2], trainer, place)
                try expectAverage([2, 3], trainer, place)
            }
        }

        @Test("a limit that is reached while the daemon runs leaves what is watched, and polling does the rest")
        func reachedLater() async throws {
            try await DaemonPlace.with { place in
                let trainer = SyntheticTrainer(place.watch)
                try place.configure(k: 2, ["rescan": "\"1s\""])
                // Enough for the watched directory, too little for the directories of checkpoints in it.
                try await place.withDaemon(script: Self.script("echo 1 >\(Limit.watches.setting)")) { daemon in
                    try await daemon.ready()
                    try await trainer.save([1, 2])
                    try await daemon.published(1)
                    try await trainer.save(3)
                    try await daemon.published(2)
                }
                try expectAverage([1, 2], trainer, place)
                try expectAverage([2, 3], trainer, place)
            }
        }

        /// Runs the daemon in a namespace of users whose limits can be changed for it alone.
        private static func script(_ setting: String) -> String {
            #"exec unshare --user --map-root-user sh -c '\#(setting) && exec "$@"' sh "$@""#
        }
    }
}
