import ControlProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct InstancesTests {
    @Test func configurationsTellWhatTheyWatch() throws {
        let directory = try TemporaryDirectory()
        try directory.file("vit.json", bytes: Array(#"{"watch": "/runs/vit", "recipes": []}"#.utf8))
        try directory.file("a.b.json", bytes: Array(#"{"watch": "/b", "control": {"socket": "/s"}}"#.utf8))
        try directory.file("broken.json", bytes: Array("{".utf8))
        try directory.file("odd.json", bytes: Array(#"{"watch": 7}"#.utf8))
        try directory.file("vit.json~", bytes: [])
        try directory.file("dir.json/x", bytes: [])
        let found = ConfiguredInstance.all(in: directory.path, manager: .user(7))
        #expect(
            found == [
                ConfiguredInstance(name: "a.b", manager: .user(7), watch: "/b", socket: "/s"),
                ConfiguredInstance(name: "broken", manager: .user(7)),
                ConfiguredInstance(name: "odd", manager: .user(7)),
                ConfiguredInstance(name: "vit", manager: .user(7), watch: "/runs/vit"),
            ]
        )
        #expect(ConfiguredInstance.all(in: directory.path.appending("none"), manager: .system).isEmpty)
    }

    @Test func socketsOfAllRootsAreFoundOnce() throws {
        let directory = try TemporaryDirectory()
        for path in ["system/vit", "users/1000/lawa/vit", "users/1001/lawa/gpt"] {
            try directory.file("\(path)/control.sock", bytes: [])
        }
        try Publication.makeDirectories(directory.path.appending("system/empty"))
        let system = directory.path.appending("system")
        let first = directory.path.appending("users/1000/lawa")
        let second = directory.path.appending("users/1001/lawa")
        let found = FoundSockets(in: [
            (system, .system), (first, .user(1000)), (first, .user(1000)), (second, .user(1001)),
            (directory.path.appending("none"), .user(3)),
        ]).sockets
        #expect(found.map(\.instance) == ["vit", "vit", "gpt"])
        #expect(found.map(\.manager) == [.system, .user(1000), .user(1001)])
        #expect(found.map(\.path).last == second.appending("gpt/control.sock"))
    }

    @Test func deniedNamesTheGroup() {
        let named = ControlClientError.denied(path: "/s", group: "ml")
        #expect("\(named)".contains("permission denied; the socket belongs to group \"ml\""))
        #expect("\(ControlClientError.denied(path: "/s", group: nil))".contains("permission denied; ask as root"))
    }
}
