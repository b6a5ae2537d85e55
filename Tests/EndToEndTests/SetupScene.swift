import LinuxSystem
import SystemPackage

@testable import lawa

/// A run of alice's at `/data/runs/vit`, to be changed by tests, and a machine that knows a few accounts.
struct SetupScene {
    var request = SetupRequest(watch: "/data/runs/vit", scope: .system, instance: "vit")
    var findings: SetupFindings
    var knowsUnitUser = true
    /// The user who asks, where that counts.
    var oneself: UInt32 = 1000

    static let (alice, bob, unit, shared): (UInt32, UInt32, UInt32, UInt32) = (1000, 1001, 990, 2000)

    /// By default all of it is alice's, and others may read.
    init(directory: AccessRules? = nil, weights: AccessRules? = nil) {
        let watch = Self.facts("/data/runs/vit", directory ?? Self.of(Self.alice, 0o755))
        let parent = Self.facts("/data/runs", Self.of(Self.alice, 0o755))
        findings = SetupFindings(
            directory: watch,
            nearest: watch,
            outputParent: parent,
            resolved: ("/data/runs/vit", "/data/runs/vit.lawa"),
            configurations: "/etc/lawa"
        )
        findings.layout = .recognised("huggingface")
        findings.saved = SetupFindings.Saved(
            count: 2,
            lookedInto: 2,
            complete: 2,
            steps: [10, 20],
            byteCount: 1 << 30
        )
        findings.newestDirectory = Self.facts("/data/runs/vit/checkpoint-20", Self.of(Self.alice, 0o755))
        findings.newestWeights = [
            Self.facts("/data/runs/vit/checkpoint-20/w.safetensors", weights ?? Self.of(Self.alice, 0o644))
        ]
        findings.fileSystem = ("ext4", true)
        findings.free = 10 << 30
    }

    /// The plan for it; what is asked for is changed first.
    func plan(_ change: (inout SetupRequest) -> Void = { _ in }) throws -> SetupPlan {
        var request = request
        change(&request)
        return try SetupPlan(request, findings, accounts: accounts, oneself: oneself)
    }

    /// Takes the run away; `/data/runs` is left, of this owner.
    mutating func removeRun(parent: AccessRules) {
        findings.directory = nil
        findings.nearest = Self.facts("/data/runs", parent)
        findings.outputParent = findings.nearest
        findings.layout = .none
        findings.saved = SetupFindings.Saved()
        removeCheckpoints()
    }

    /// Takes the checkpoints away.
    mutating func removeCheckpoints() {
        findings.newestDirectory = nil
        findings.newestWeights = []
    }

    /// Something of a user and the group of the same number.
    static func of(_ user: UInt32, group: UInt32? = nil, _ mode: UInt32) -> AccessRules {
        AccessRules(owner: user, group: group ?? user, mode: mode)
    }

    /// A path below directories that are open to everybody.
    static func facts(_ path: FilePath, _ rules: AccessRules, way: [PathFacts.Part] = []) -> PathFacts {
        PathFacts(way: way, end: PathFacts.Part(path: path, permissions: rules))
    }

    var accounts: Accounts {
        let (alice, bob, unit, shared) = (Self.alice, Self.bob, Self.unit, Self.shared)
        var users = [
            UserAccount(name: "root", user: 0, group: 0),
            UserAccount(name: "alice", user: alice, group: alice, groups: [shared]),
            UserAccount(name: "bob", user: bob, group: bob),
        ]
        if knowsUnitUser { users.append(UserAccount(name: "lawa", user: unit, group: unit)) }
        let groups: [String: UInt32] = ["root": 0, "alice": alice, "bob": bob, "lawa": unit, "ml": shared]
        return Accounts(
            named: { [users] name in users.first { $0.name == name } },
            numbered: { [users] number in users.first { $0.user == number } },
            group: { groups[$0] },
            groupName: { number in groups.first { $0.value == number }?.key }
        )
    }
}
