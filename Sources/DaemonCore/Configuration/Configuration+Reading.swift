import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
package import SystemPackage
import TensorFormats

extension Configuration {
    /// Reads a configuration file; throws `ConfigurationError` with every problem at once.
    package static func load(_ path: FilePath) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do {
            let file = try File.openForReading(path)
            bytes = try file.readBytes(at: 0, count: min(file.status().size, maximumByteCount))
        } catch {
            let problem = ConfigurationProblem(key: "", problem: "\(error)", allowed: "name a readable file")
            throw ConfigurationError(path: path, problems: [problem])
        }
        return try read(bytes, path: path).configuration
    }

    /// Reads the text of a configuration; also tells every key that one may have.
    static func read(
        _ bytes: [UInt8],
        path: FilePath?
    ) throws(ConfigurationError) -> (configuration: Configuration, knownKeys: Set<String>) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            let problem = ConfigurationProblem(key: "", problem: "not valid JSON: \(error)", allowed: "mend the syntax")
            throw ConfigurationError(path: path, problems: [problem])
        }
        let notes = ConfigurationNotes()
        let configuration = read(value, notes: notes)
        guard notes.problems.isEmpty else { throw ConfigurationError(path: path, problems: notes.problems) }
        return (configuration, notes.knownKeys)
    }

    /// Far more than any configuration needs.
    private static let maximumByteCount = 1 << 20

    private static func read(_ value: JSONValue, notes: ConfigurationNotes) -> Configuration {
        var top = SectionReader(value, path: "", notes: notes)
        // Editors find the schema by this key.
        _ = top.string("$schema", allowed: "the schema's place")
        let watch = top.parse("watch", allowed: "an absolute path", absolutePath)
        if watch == nil && !top.has("watch") {
            top.refuse("watch", "missing", allowed: "name the directory in which the trainer saves")
        }
        var result = Configuration(watch: watch ?? "/")
        result.output = top.parse("output", allowed: "an absolute path, or null for \"<watch>.lawa\"", absolutePath)
        let layouts = [TrainerLayouts.automaticName] + TrainerLayouts.all.map(\.name)
        let names = layouts.map { "\"\($0)\"" }.joined(separator: ", ")
        result.layout =
            top.parse("layout", allowed: "one of \(names)") { value in
                value.stringValue.flatMap { layouts.contains($0) ? $0 : nil }
            } ?? result.layout
        result.order = top.choice("order") ?? result.order
        result.recipes = RecipeReading.recipes(&top, notes: notes) ?? result.recipes
        readPolicies(&top, into: &result)
        readService(&top, into: &result)
        top.finish()
        if watch != nil { for problem in PlaceRules(configuration: result).problems { notes.add(problem) } }
        return result
    }

    private static func readPolicies(_ top: inout SectionReader, into result: inout Configuration) {
        var tensors = top.section("tensors")
        result.tensors = TensorRules(
            filter: TensorFilter(
                include: tensors.strings("include", allowed: "a list of name patterns") ?? [],
                exclude: tensors.strings("exclude", allowed: "a list of name patterns") ?? []
            ),
            batchNorm: tensors.choice("batch_norm") ?? .average,
            quantized: tensors.choice("quantized") ?? .refuse
        )
        result.model = tensors.parse("model", allowed: "keys joined by \"/\", as in \"state/model\", or a list of such")
        {
            let paths = $0.arrayValue?.map(\.stringValue) ?? [$0.stringValue]
            return paths.isEmpty || paths.contains { $0?.isEmpty ?? true } ? nil : paths.compactMap(\.self)
        }
        tensors.finish()
        result.pin = top.choice("pin") ?? result.pin
        var retention = top.section("retention")
        result.retention = RetentionPolicy(
            keepLast: retention.integer("keep_last", 1 ... .max),
            keepEverySteps: retention.integer("keep_every_steps", 1 ... .max)
        )
        retention.finish()
        var limits = top.section("limits")
        result.limits.minFree = limits.bytes("min_free") ?? result.limits.minFree
        result.limits.maxPinned = limits.bytes("max_pinned")
        result.limits.averaging = readAveraging(&limits)
        limits.finish()
    }

    private static func readAveraging(_ limits: inout SectionReader) -> EngineLimits {
        var result = EngineLimits()
        result.threads = limits.integer("threads", 1...64) ?? result.threads
        result.io = limits.choice("io") ?? result.io
        result.readRate = limits.parse("read_rate", allowed: "a size of at least \"1MiB\", read in a second") { value in
            (value.stringValue.flatMap(Quantity.bytes) ?? value.integerValue).flatMap { $0 >= 1 << 20 ? $0 : nil }
        }
        return result
    }

    private static func readService(_ top: inout SectionReader, into result: inout Configuration) {
        result.settle = top.duration("settle", .zero ... .seconds(3600)) ?? result.settle
        result.rescan = top.duration("rescan", .seconds(1) ... .seconds(86_400)) ?? result.rescan
        var hooks = top.section("hooks")
        var hook = hooks.section("on_average")
        let timeout = hook.duration("timeout", .seconds(1) ... .seconds(86_400))
        if let command = hook.strings("command", allowed: "a program and its arguments"), !command.isEmpty {
            result.onAverage = Hook(command: command)
            result.onAverage?.timeout = timeout ?? Hook(command: []).timeout
        }
        hook.finish()
        hooks.finish()
        var control = top.section("control")
        result.control.socket = control.parse("socket", allowed: "an absolute path", absolutePath)
        result.control.mode =
            control.parse("mode", allowed: "an octal string such as \"0660\"") { value in
                value.stringValue.flatMap { UInt32($0, radix: 8) }.flatMap { $0 <= 0o777 ? $0 : nil }
            } ?? result.control.mode
        result.control.group = control.string("group", allowed: "the name of a group")
        control.finish()
        var log = top.section("log")
        result.logLevel = log.choice("level") ?? result.logLevel
        log.finish()
    }

    private static func absolutePath(_ value: JSONValue) -> FilePath? {
        value.stringValue.flatMap {
            $0.hasPrefix("/") && !$0.utf8.contains(0) ? HostProcess.absolute(FilePath($0)) : nil
        }
    }
}
