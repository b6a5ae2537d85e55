import ControlProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import lawa

/// What becomes of sockets and configurations that are found.
@Suite struct DaemonCensusTests {
    private static let system = InstanceSocket(instance: "vit", manager: .system, path: "/run/lawa/vit/control.sock")
    private static let own = InstanceSocket(
        instance: "vit",
        manager: .user(7),
        path: "/run/user/7/lawa/vit/control.sock"
    )
    private static let configured = ConfiguredInstance(name: "vit", manager: .system, watch: "/runs/vit")
    private static let dead = ControlClientError.unreachable(path: "/run/lawa/vit/control.sock", cause: "refused")
    private static let denied = ControlClientError.denied(path: "/run/lawa/vit/control.sock", group: "ml")

    @Test func aConfiguredInstanceIsAtItsOwnSocket() {
        let configured = [
            ConfiguredInstance(name: "a", manager: .system, socket: "/s/a.sock"),
            ConfiguredInstance(name: "vit", manager: .system, socket: Self.system.path),
        ]
        let search = DaemonSearch(existing: [Self.system], configured: configured)
        #expect(search.sockets.map(\.path) == [Self.system.path, "/s/a.sock"])
        #expect(search.instances == ["a", "vit"])
        #expect(search.only("a").sockets.map(\.path) == ["/s/a.sock"])
        #expect(search.only("none").sockets.isEmpty && search.only("none").configured.isEmpty)
    }

    @Test func aDeadSocketOfAConfiguredInstanceIsNotRunning() {
        let census = DaemonCensus(answers: [(Self.system, .dead(Self.dead))], configured: [Self.configured])
        #expect(census.notRunning == [Self.configured])
        #expect(census.running.isEmpty && census.unreachable.isEmpty && census.count == 1)
        #expect(census.nobodyRuns.contains("systemctl status lawad@vit"))
        // Left over by a daemon that was killed, and nobody expects it to run.
        let stale = DaemonCensus(answers: [(Self.system, .dead(Self.dead))], configured: [])
        #expect(stale.count == 0 && stale.deadSocket != nil)
    }

    /// A socket that somebody has put into the way is told of, and makes nothing ambiguous.
    @Test func whatIsNotTrustedCountsForNothing() {
        let distrust = SocketDistrust(path: "/tmp/lawa-7", reason: "it belongs to user 8")
        let census = DaemonCensus(
            answers: [(Self.own, .distrusted(distrust))],
            configured: [Self.configured],
            passedOver: [distrust]
        )
        #expect(census.count == 1 && census.notRunning == [Self.configured])
        #expect(census.passedOver == [distrust, distrust])
        #expect("\(distrust)".hasPrefix("passed over \"/tmp/lawa-7\": it belongs to user 8; "))
    }

    @Test func oneThatMayNotBeAskedIsListed() throws {
        let census = DaemonCensus(answers: [(Self.system, .silent(Self.denied))], configured: [Self.configured])
        #expect(census.notRunning.isEmpty && census.count == 1)
        let overview = DaemonOverview(census, userName: { _ in nil })
        let text = overview.lines(columns: nil).joined(separator: "\n")
        #expect(text.contains("may not be asked: permission denied; the socket belongs to group ml"))
        let json = String(decoding: try ControlCoding.encode(overview), as: UTF8.self)
        #expect(json.contains(#""not_running" : ["#) && json.contains(#""socket" : "/run/lawa/vit/control.sock""#))
        #expect(!json.contains("rows"))
    }

    /// The same name in the system's manager and a user's.
    @Test func managersAreToldApart() {
        let mine = ConfiguredInstance(name: "vit", manager: .user(7))
        let census = DaemonCensus(answers: [(Self.own, .silent(Self.denied))], configured: [Self.configured, mine])
        #expect(census.notRunning == [Self.configured])
        let other = DaemonCensus(answers: [(Self.system, .silent(Self.denied))], configured: [Self.configured, mine])
        #expect(other.notRunning == [mine])
        let text = DaemonOverview(other, userName: { $0 == 7 ? "alice" : nil }).lines(columns: nil).joined(
            separator: "\n"
        )
        #expect(text.contains("user alice") && text.contains("systemctl --user status lawad@vit"))
    }
}
