import LinuxSystem
import SystemPackage
import Testing

@testable import lawa

/// What setup decides, from findings alone.
@Suite struct SetupPlanTests {
    @Test func theOwnerOfTheRunRunsIt() throws {
        let plan = try SetupScene().plan()
        #expect(plan.files.map(\.path) == ["/etc/lawa/vit.json", SetupPlaces.dropIn("vit")])
        #expect(plan.files.map(\.fate) == [.new, .new])
        #expect(plan.files[0].text == "{\n  \"watch\": \"/data/runs/vit\"\n}\n")
        #expect(Self.assignments(plan) == ["RequiresMountsFor=/data/runs", "User=alice", "Group=alice"])
        #expect(plan.directory == nil && plan.obstacle == nil && plan.warnings.isEmpty)
        #expect(
            plan.commands == [
                "systemctl daemon-reload", "systemctl enable --now lawad@vit", "lawa status --instance vit",
                "journalctl -u lawad@vit -f",
            ]
        )
    }

    /// Owner of the directory, of the weights, `--user`; who it runs as, or nil where that is refused.
    @Test(
        arguments: [
            (1000, 1000, nil, "alice:alice"), (1001, 1000, nil, "bob:bob"), (0, 0, nil, "root:root"),
            (0, 1000, nil, nil), (0, nil, nil, nil), (0, 1000, "alice", "alice:alice"), (0, nil, "bob", "bob:bob"),
            (1000, nil, nil, "alice:alice"),
            // Unknown to this machine, as in a container: by number, in the directory's group.
            (4242, 4242, nil, "4242:4242"), (1000, 1000, "4343", "4343:1000"), (1000, 1000, "nobody-here", nil),
        ] as [(UInt32, UInt32?, String?, String?)]
    )
    func user(owner: UInt32, saver: UInt32?, named: String?, expected: String?) throws {
        var scene = SetupScene(directory: SetupScene.of(owner, 0o755), weights: saver.map { SetupScene.of($0, 0o644) })
        if saver == nil { scene.removeCheckpoints() }
        guard let expected else {
            let failure = #expect(throws: Failure.self) { try scene.plan { $0.user = named } }
            #expect(failure?.status == .usage)
            #expect(failure?.message.contains("--user") == true)
            return
        }
        let plan = try scene.plan { $0.user = named }
        #expect("\(plan.account.userName):\(plan.account.groupName)" == expected)
        let isNumber = expected.contains(/4/)
        #expect(plan.commands[0].hasPrefix("systemd-sysusers --inline 'g lawa-") == isNumber)
    }

    @Test(arguments: [(0o700, "UMask=0077", 0o700), (0o750, "UMask=0027", 0o750), (0o755, nil, 0o755)])
    func averagesAreAsPrivateAsTheRun(mode: UInt32, umask: String?, output: UInt32) throws {
        var scene = SetupScene(directory: SetupScene.of(SetupScene.alice, mode))
        scene.findings.outputParent = SetupScene.facts("/data/runs", SetupScene.of(0, 0o755))
        let plan = try scene.plan()
        #expect(Self.assignments(plan).filter { $0.hasPrefix("UMask=") } == [umask].compactMap(\.self))
        #expect(plan.directory?.mode == output)
    }

    @Test func anAccountWithoutANameGetsOneFirst() throws {
        let scene = SetupScene(directory: SetupScene.of(4242, 0o700), weights: SetupScene.of(4242, 0o600))
        #expect(
            try scene.plan().commands.prefix(2)
                == ["systemd-sysusers --inline 'g lawa-4242 4242' 'u lawa-4242 4242:4242'", "systemctl daemon-reload"]
        )
        #expect(try SetupScene().plan().commands[0] == "systemctl daemon-reload")
    }

    @Test func aRunThatIsNotThereBelongsToWhomItsPlaceBelongs() throws {
        var scene = SetupScene()
        scene.removeRun(parent: SetupScene.of(SetupScene.alice, 0o755))
        #expect(try scene.plan().account.userName == "alice")
        scene.removeRun(parent: SetupScene.of(0, 0o755))
        #expect(throws: Failure.self) { try scene.plan() }
        // alice can make neither the run nor the averages there.
        let plan = try scene.plan { $0.user = "alice" }
        #expect(
            plan.directory == SetupPlan.Directory(path: "/data/runs/vit.lawa", mode: 0o755, user: 1000, group: 1000)
        )
    }

    /// Mode and group of the weights; whether the right to read everything is needed by group ml.
    @Test(
        arguments: [
            (0o644, 1000, false), (0o640, 2000, false), (0o640, 1000, true), (0o600, 2000, true), (0o600, 1000, true),
        ] as [(UInt32, UInt32, Bool)]
    )
    func sharedGroup(mode: UInt32, group: UInt32, isPrivate: Bool) throws {
        let scene = SetupScene(weights: SetupScene.of(SetupScene.alice, group: group, mode))
        let plan = try scene.plan { $0.group = "ml" }
        #expect(plan.readsEverything == isPrivate)
        var expected = ["RequiresMountsFor=/data/runs", "Group=ml", "UMask=0027"]
        if isPrivate {
            expected += [
                "AmbientCapabilities=CAP_DAC_READ_SEARCH", "CapabilityBoundingSet=CAP_DAC_READ_SEARCH",
            ]
        }
        #expect(Self.assignments(plan) == expected)
        #expect(
            plan.warnings.contains { $0.contains("CAP_DAC_READ_SEARCH") && $0.contains("by its mode") } == isPrivate
        )
        #expect(plan.warnings.contains { $0.contains("pins are copies, 1.00 GiB") })
        // The parent is alice's alone, so the output is made for it.
        #expect(
            plan.directory == SetupPlan.Directory(path: "/data/runs/vit.lawa", mode: 0o2750, user: 990, group: 2000)
        )
    }

    @Test func aDirectoryInTheWayIsNamed() throws {
        var scene = SetupScene()
        let home = PathFacts.Part(path: "/home/alice", permissions: SetupScene.of(SetupScene.alice, 0o700))
        scene.findings.directory = SetupScene.facts("/data/runs/vit", SetupScene.of(1000, 0o755), way: [home])
        let shared = try scene.plan { $0.group = "ml" }
        #expect(shared.readsEverything)
        #expect(shared.warnings.contains { $0.contains("\"/home/alice\" (0700, of alice and alice)") })
        let bob = try scene.plan { $0.user = "bob" }
        #expect(bob.warnings.contains { $0.hasPrefix("\"bob\" cannot read \"/home/alice\"") })
        #expect(try scene.plan().warnings.isEmpty)
    }

    @Test func withoutCheckpointsTheAssumptionIsTold() throws {
        var scene = SetupScene()
        scene.removeCheckpoints()
        let open = try scene.plan { $0.group = "ml" }
        #expect(!open.readsEverything)
        #expect(open.warnings.contains { $0.contains("it is taken that it can") && $0.contains("--force") })
        scene.findings.directory = SetupScene.facts("/data/runs/vit", SetupScene.of(SetupScene.alice, 0o700))
        #expect(try scene.plan { $0.group = "ml" }.readsEverything)
    }

    @Test func aGroupThatMayWriteMakesTheOutputItself() throws {
        var scene = SetupScene()
        scene.findings.outputParent = SetupScene.facts("/data/runs", SetupScene.of(1000, group: 2000, 0o2775))
        #expect(try scene.plan { $0.group = "ml" }.directory == nil)
        scene.knowsUnitUser = false
        let plan = try scene.plan { $0.group = "ml" }
        #expect(plan.obstacle?.contains("systemd-sysusers") == true)
        #expect(throws: Failure.self) { try scene.plan { $0.group = "no-such-group" } }
    }

    @Test func anOutputWhoseParentIsMissingIsAnObstacle() throws {
        var scene = SetupScene()
        scene.findings.outputParent = SetupScene.facts("/", SetupScene.of(0, 0o755))
        let plan = try scene.plan()
        #expect(plan.directory == nil)
        #expect(plan.obstacle?.contains("install -d -o alice -g alice /data/runs") == true)
    }

    @Test func anOutputOfAnotherUserIsToldOf() throws {
        var scene = SetupScene()
        scene.findings.output = SetupScene.facts("/data/runs/vit.lawa", SetupScene.of(0, 0o755))
        let plan = try scene.plan()
        #expect(plan.directory == nil)
        #expect(plan.warnings.contains { $0.contains("chown -R alice:alice /data/runs/vit.lawa") })
    }

    /// Where run and averages lie; what the sandbox has to be told.
    @Test(
        arguments: [
            ("/home/alice/vit", nil, ["ProtectHome=no"]), ("/root/vit", nil, ["ProtectHome=no"]),
            ("/run/user/7/vit", nil, ["ProtectHome=no"]), ("/tmp/vit", nil, ["PrivateTmp=no"]),
            ("/var/tmp/vit", nil, ["PrivateTmp=no"]), ("/data/vit", "/home/x", ["ProtectHome=no"]),
            ("/home/vit", "/tmp/x", ["ProtectHome=no", "PrivateTmp=no"]), ("/homes/vit", nil, []),
            ("/data/tmp/vit", nil, []),
        ] as [(String, String?, [String])]
    )
    func sandbox(watch: String, output: String?, expected: [String]) throws {
        var scene = SetupScene()
        scene.request = SetupRequest(watch: FilePath(watch), scope: .system, instance: "vit")
        scene.request.output = output.map { FilePath($0) }
        scene.findings.resolved = (scene.request.watch, scene.request.averages)
        let lines = try Self.assignments(scene.plan())
        #expect(lines.filter { $0.hasPrefix("Protect") || $0.hasPrefix("Private") } == expected)
    }

    @Test func linksAreFollowedForMountsAndTheSandbox() throws {
        var scene = SetupScene()
        scene.findings.resolved = ("/home/alice/runs/vit", "/data/runs/vit.lawa")
        let lines = try Self.assignments(scene.plan())
        #expect(lines.contains("RequiresMountsFor=/data/runs /home/alice/runs"))
        #expect(lines.contains("ProtectHome=no"))
    }

    /// What lies there, what it watches, what else is given; what becomes of it, or nil.
    @Test(
        arguments: [
            (nil, nil, "", .new), ("same", "/data/runs/vit", "", .unchanged), ("{}", "/data/runs/vit", "", .kept),
            ("{}", "/data/runs/vit", "--force", .kept), ("{}", "/data/runs/vit", "--last --force", .replaced),
            ("{}", "/data/runs/vit", "--last", nil), ("{}", "/other", "--force", nil), ("{}", "/other", "", nil),
            ("{", nil, "--force", nil),
        ] as [(String?, FilePath?, String, SetupPlan.File.Fate?)]
    )
    func configurationThatIsThere(
        text: String?,
        watched: FilePath?,
        options: String,
        fate: SetupPlan.File.Fate?
    ) throws {
        func change(_ request: inout SetupRequest) {
            request.overwrites = options.contains("--force")
            request.last = options.contains("--last") ? 7 : nil
        }
        var scene = SetupScene()
        let path: FilePath = "/etc/lawa/vit.json"
        let same = try SetupScene().plan().files[0].text
        scene.findings.existing[path] = text.map { Array(($0 == "same" ? same : $0).utf8) }
        scene.findings.configured["vit"] = watched
        guard let fate else {
            let failure = #expect(throws: Failure.self) { try scene.plan(change) }
            let remedy = watched == "/data/runs/vit" ? "--force" : "--instance OTHER"
            #expect(failure?.status == .cannotWrite)
            #expect(failure?.message.contains(remedy) == true)
            return
        }
        #expect(try scene.plan(change).files[0].fate == fate)
    }

    @Test func aDropInThatWasEditedIsKept() throws {
        var scene = SetupScene()
        scene.findings.existing[SetupPlaces.dropIn("vit")] = Array("[Service]\nUser=eve\n".utf8)
        #expect(throws: Failure.self) { try scene.plan() }
        #expect(try scene.plan { $0.overwrites = true }.files.map(\.fate) == [.new, .replaced])
    }

    @Test func theUsersManagerNeedsNoDropIn() throws {
        var scene = SetupScene()
        scene.findings.configurations = "/home/alice/.config/lawa"
        scene.request = SetupRequest(watch: "/data/runs/vit", scope: .user, instance: "vit")
        scene.request.last = 10
        let plan = try scene.plan()
        #expect(plan.files.map(\.path) == ["/home/alice/.config/lawa/vit.json"])
        #expect(plan.files[0].text.contains(#""recipes": [{ "name": "lawa", "window": { "last": 10 } }]"#))
        #expect(plan.warnings.isEmpty && plan.directory == nil)
        #expect(plan.commands[1] == "systemctl --user enable --now lawad@vit")
        #expect(plan.commands.contains { $0.hasPrefix("loginctl enable-linger") })
        scene.findings.newestWeights = [SetupScene.facts("/data/runs/vit/w", SetupScene.of(SetupScene.bob, 0o600))]
        scene.findings.outputParent = SetupScene.facts("/data/runs", SetupScene.of(0, 0o755))
        let other = try scene.plan()
        #expect(other.directory == nil)
        #expect(other.warnings.count { $0.contains("ask root to run `lawa setup /data/runs/vit`") } == 2)
        // Root may do everything, in its own manager too.
        scene.oneself = 0
        #expect(try scene.plan().warnings.isEmpty)
    }

    @Test func doubtsAreTold() throws {
        var scene = SetupScene()
        scene.findings.layout = .several(["nanogpt", "timm"])
        scene.findings.configured = ["other": "/data/runs/vit"]
        scene.findings.hasUnit = false
        scene.findings.place = SetupScene.facts("/etc/lawa", SetupScene.of(0, 0o700))
        let warnings = try scene.plan().warnings
        #expect(warnings.contains { $0.contains("\"nanogpt\" and \"timm\"") && $0.contains("/etc/lawa/vit.json") })
        #expect(warnings.contains { $0.contains("instance \"other\" watches the same") })
        #expect(warnings.contains { $0.contains("lawad@.service") })
        #expect(warnings.contains { $0.contains("\"/etc/lawa\" (0700, of root and root)") })
        #expect(warnings.count == 4)
    }

    /// Bytes free; whether it is told that one average of 1 GiB, and the 1 GiB that stays free, do not fit.
    @Test(arguments: [(2 << 30, false), ((2 << 30) - 1, true), (0, true), (nil, false)] as [(Int?, Bool)])
    func room(free: Int?, isShort: Bool) throws {
        var scene = SetupScene()
        scene.findings.free = free
        #expect(try scene.plan().warnings.contains { $0.contains("no room for one average") } == isShort)
    }

    /// The lines of the drop-in that are no comments, headings or gaps; every one has a reason above it.
    private static func assignments(_ plan: SetupPlan) -> [String] {
        let lines = plan.files.last?.text.split(separator: "\n").map(String.init) ?? []
        return lines.filter { !$0.hasPrefix("#") && !$0.hasPrefix("[") }
    }
}
