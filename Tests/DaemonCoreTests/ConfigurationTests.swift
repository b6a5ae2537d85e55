import Averaging
import Checkpoints
import LinuxSystem
import SystemPackage
import TensorFormats
import TestSupport
import Testing

@testable import DaemonCore

@Suite struct ConfigurationTests {
    private static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    private func problems(_ text: String) -> [String] {
        do {
            _ = try Configuration.read(Array(text.utf8), path: nil)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func onlyTheWatchedDirectoryIsNeeded() throws {
        let (configuration, _) = try Configuration.read(Array(#"{"watch": "/data/run"}"#.utf8), path: nil)
        #expect(configuration == Configuration(watch: "/data/run"))
        #expect(configuration.outputRoot == "/data/run.lawa")
    }

    @Test func everyKeyIsTaken() throws {
        let text = """
            {"$schema": "x", "watch": "/r/../run/", "output": "/out", "layout": "huggingface",
             "recipes": [{"name": "a", "window": {"last": 3}, "weights": "uniform", "min_members": 2},
                         {"name": "b", "window": {"steps": 1000}, "every_steps": 10, "from_step": 7}],
             "tensors": {"include": ["a.*"], "exclude": ["*.b"], "model": "state/model", "batch_norm": "newest"}, "pin": "copy",
             "retention": {"keep_last": 4, "keep_every_steps": 100},
             "limits": {"min_free": "2GiB", "threads": 3, "io": "direct", "read_rate": "200MiB"}, "settle": "250ms", "rescan": "5min",
             "hooks": {"on_average": {"command": ["/bin/true", "x"], "timeout": "9s"}},
             "control": {"socket": "/s.sock", "mode": "0600", "group": "ml"}, "log": {"level": "debug"}}
            """
        let (configuration, _) = try Configuration.read(Array(text.utf8), path: nil)
        var expected = Configuration(watch: "/run")
        expected.output = "/out"
        expected.layout = "huggingface"
        expected.recipes = [
            Recipe(name: "a", window: .last(3), minimumMembers: 2),
            Recipe(name: "b", window: .steps(1000), everySteps: 10, fromStep: 7),
        ]
        expected.tensors = TensorRules(
            filter: TensorFilter(include: ["a.*"], exclude: ["*.b"]),
            batchNorm: .newest
        )
        expected.model = ["state/model"]
        expected.pin = .copy
        expected.retention = RetentionPolicy(keepLast: 4, keepEverySteps: 100)
        expected.limits = Configuration.Limits(
            minFree: 2 << 30,
            averaging: EngineLimits(threads: 3, io: .direct, readRate: 200 << 20)
        )
        expected.settle = .milliseconds(250)
        expected.rescan = .seconds(300)
        expected.onAverage = Configuration.Hook(command: ["/bin/true", "x"], timeout: .seconds(9))
        expected.control = Configuration.Control(socket: "/s.sock", mode: 0o600, group: "ml")
        expected.logLevel = .debug
        #expect(configuration == expected)
    }

    @Test(arguments: [
        (#"{}"#, "watch: missing"),
        (#"{"watch": "run"}"#, "watch: \"run\" is not allowed; an absolute path"),
        (#"{"watch": 5}"#, "watch: 5 is not allowed"),
        (#"[]"#, "a list is no object"),
        (#"{"watch": "/r", "watc": 1}"#, "watc: unknown key; did you mean \"watch\"?"),
        (#"{"watch": "/r", "zzzzzzzz": 1}"#, "zzzzzzzz: unknown key; known are"),
        (#"{"watch": "/r", "output": "/r/out"}"#, "output: \"/r/out\" is inside the watched directory"),
        (#"{"watch": "/r", "layout": "keras"}"#, "layout: \"keras\" is not allowed; one of \"auto\", \"huggingface\""),
        (#"{"watch": "/r", "recipes": []}"#, "recipes: a list is not allowed"),
        (#"{"watch": "/r", "recipes": [{"name": "a/b"}]}"#, "recipes[0].name: \"a/b\" is not allowed"),
        (#"{"watch": "/r", "recipes": [{"name": "latest"}]}"#, "recipes[0].name: \"latest\" is not allowed"),
        (#"{"watch": "/r", "recipes": [{"name": ".lawad"}]}"#, "recipes[0].name: \".lawad\" is not allowed"),
        (#"{"watch": "/r", "recipes": [{"name": "a"}, {"name": "a"}]}"#, "recipes[1].name: \"a\" is used twice"),
        (
            #"{"watch": "/r", "recipes": [{"window": {"last": 0}}]}"#,
            "recipes[0].window.last: 0 is not allowed; a whole number, 1 to 1000"
        ),
        (#"{"watch": "/r", "recipes": [{"window": {"last": 2.5}}]}"#, "recipes[0].window.last: 2.5 is not allowed"),
        (#"{"watch": "/r", "recipes": [{"window": {"last": true}}]}"#, "recipes[0].window.last: true is not allowed"),
        (
            #"{"watch": "/r", "recipes": [{"window": {"last": 3, "steps": 9}}]}"#,
            "recipes[0].window.steps: stands beside \"last\""
        ),
        (
            #"{"watch": "/r", "recipes": [{"window": {"last": 3}, "min_members": 4}]}"#,
            "recipes[0].min_members: 4 is more than the window's 3"
        ),
        (
            #"{"watch": "/r", "recipes": [{"weights": "ema"}]}"#,
            "recipes[0].weights: \"ema\" is not allowed; one of \"uniform\""
        ),
        (
            #"{"watch": "/r", "recipes": [{"windows": {}}]}"#,
            "recipes[0].windows: unknown key; did you mean \"window\"?"
        ),
        (#"{"watch": "/r", "tensors": {"include": "a"}}"#, "tensors.include: \"a\" is not allowed"),
        (#"{"watch": "/r", "tensors": {"include": [1]}}"#, "tensors.include: a list is not allowed"),
        (#"{"watch": "/r", "pin": "hard"}"#, "pin: \"hard\" is not allowed; one of \"auto\""),
        (#"{"watch": "/r", "limits": {"min_free": "10 gigs"}}"#, "limits.min_free: \"10 gigs\" is not allowed"),
        (#"{"watch": "/r", "limits": {"min_free": -1}}"#, "limits.min_free: -1 is not allowed"),
        (#"{"watch": "/r", "limits": {"threads": 0}}"#, "limits.threads: 0 is not allowed; a whole number, 1 to 64"),
        (
            #"{"watch": "/r", "limits": {"io": "fast"}}"#,
            "limits.io: \"fast\" is not allowed; one of \"auto\", \"mmap\", \"direct\", \"read\""
        ),
        (
            #"{"watch": "/r", "limits": {"read_rate": "1kB"}}"#,
            "limits.read_rate: \"1kB\" is not allowed; a size of at least \"1MiB\""
        ),
        (#"{"watch": "/r", "limits": {"read_rate": 0}}"#, "limits.read_rate: 0 is not allowed"),
        (#"{"watch": "/r", "settle": 5}"#, "settle: 5 is not allowed; a time such as"),
        (#"{"watch": "/r", "rescan": "10ms"}"#, "rescan: \"10ms\" is not allowed"),
        (#"{"watch": "/r", "control": {"mode": "888"}}"#, "control.mode: \"888\" is not allowed"),
        (#"{"watch": "/r", "log": {"level": "loud"}}"#, "log.level: \"loud\" is not allowed"),
        (
            #"{"watch": "/r", "hooks": {"on_average": {"command": "x"}}}"#,
            "hooks.on_average.command: \"x\" is not allowed"
        ),
        (#"{"watch": "/r", }"#, "not valid JSON: line 1, column"),
        (#"{"watch": "/r", "watch": "/s"}"#, "not valid JSON: line 1"),
    ])
    func aMistakeIsNamed(text: String, expected: String) {
        let found = problems(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func allMistakesAreToldAtOnce() {
        let found = problems(#"{"watch": 1, "pin": 2, "settle": 3, "limits": {"threads": 99, "thread": 1}}"#)
        #expect(found.count == 5)
    }

    @Test func theExampleShowsEveryKeyAtItsDefault() throws {
        let path = Self.root.appending("config.example.json")
        let configuration = try Configuration.load(path)
        #expect(configuration == Configuration(watch: configuration.watch))
        let bytes = try File.openForReading(path).readBytes(at: 0, count: FileStatus.of(path).size)
        let value = try JSONValue.parse(bytes)
        let (_, known) = try Configuration.read(bytes, path: path)
        for key in known {
            #expect(Self.contains(value, key), "\(key) is missing in the example")
        }
    }

    @Test func theSchemaHasTheReadersKeys() throws {
        let path = Self.root.appending("config.schema.json")
        let bytes = try File.openForReading(path).readBytes(at: 0, count: FileStatus.of(path).size)
        let schema = try JSONValue.parse(bytes)
        let (_, known) = try Configuration.read(Array(#"{"watch": "/r"}"#.utf8), path: nil)
        #expect(Set(Self.schemaKeys(schema, root: schema, prefix: "")) == known)
    }

    /// Whether a document has a key path such as `recipes[0].window.last`.
    private static func contains(_ value: JSONValue, _ path: String) -> Bool {
        var current = value
        for part in path.split(separator: ".") {
            let name = part.hasSuffix("[0]") ? String(part.dropLast(3)) : String(part)
            guard let next = current[name] else { return false }
            current = part.hasSuffix("[0]") ? next.arrayValue?.first ?? .null : next
        }
        return true
    }

    /// The key paths that a schema allows; every object must refuse unknown keys.
    private static func schemaKeys(_ value: JSONValue, root: JSONValue, prefix: String) -> [String] {
        var schema = value
        if let reference = value["$ref"]?.stringValue, let name = reference.split(separator: "/").last {
            schema = root["$defs"]?[String(name)] ?? .null
        }
        let alternatives = (schema["anyOf"]?.arrayValue ?? schema["oneOf"]?.arrayValue ?? [])
            .flatMap { schemaKeys($0, root: root, prefix: prefix) }
        guard let properties = schema["properties"]?.members else {
            guard let items = schema["items"], !prefix.isEmpty else { return alternatives }
            return alternatives + schemaKeys(items, root: root, prefix: "\(prefix)[0]")
        }
        #expect(schema["additionalProperties"] == .bool(false), "\(prefix) takes unknown keys")
        return alternatives
            + properties.flatMap { member in
                let key = prefix.isEmpty ? member.key : "\(prefix).\(member.key)"
                return [key] + schemaKeys(member.value, root: root, prefix: key)
            }
    }
}
