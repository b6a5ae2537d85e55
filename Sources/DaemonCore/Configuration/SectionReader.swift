import ControlProtocol
import TensorFormats

/// Reads one JSON object of a configuration and notes everything that is wrong with it instead of stopping at the first.
struct SectionReader {
    private let path: String
    private let members: [JSONMember]
    private let notes: ConfigurationNotes
    private var known: [String] = []

    init(_ value: JSONValue?, path: String, notes: ConfigurationNotes) {
        self.path = path
        self.notes = notes
        switch value {
        case .object(let members): self.members = members
        case nil, .null: members = []
        case let value?:
            members = []
            notes.add(path, "\(value.shortText) is no object", allowed: "write { ... }")
        }
    }

    /// The value of a key as it stands; null counts as absent.
    mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        notes.know(full(key))
        guard let value = members.first(where: { $0.key == key })?.value, value != .null else { return nil }
        return value
    }

    mutating func string(_ key: String, allowed: String) -> String? {
        parse(key, allowed: allowed) { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    mutating func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
        return parse(key, allowed: "a whole number, \(range.lowerBound) \(upper)") {
            $0.integerValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func strings(_ key: String, allowed: String) -> [String]? {
        parse(key, allowed: allowed) { value in
            value.arrayValue.flatMap { items in
                let strings = items.compactMap { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
                return strings.count == items.count ? strings : nil
            }
        }
    }

    mutating func bytes(_ key: String) -> Int? {
        parse(key, allowed: "a number of bytes or a size such as \"10GiB\"") { value in
            value.stringValue.flatMap(Quantity.bytes) ?? value.integerValue.flatMap { $0 >= 0 ? $0 : nil }
        }
    }

    mutating func duration(_ key: String, _ range: ClosedRange<Duration>) -> Duration? {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return parse(key, allowed: "a time such as \"30s\" or \"5min\", from \(bounds)") { value in
            value.stringValue.flatMap(Quantity.duration).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice?
    where Choice.RawValue == String {
        let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return parse(key, allowed: "one of \(names)") { $0.stringValue.flatMap(Choice.init) }
    }

    mutating func section(_ key: String) -> SectionReader {
        SectionReader(value(key), path: full(key), notes: notes)
    }

    /// Reads a value by a closure that gives nil for what is not allowed.
    mutating func parse<Value>(_ key: String, allowed: String, _ read: (JSONValue) -> Value?) -> Value? {
        guard let value = value(key) else { return nil }
        if let result = read(value) { return result }
        notes.add(full(key), "\(value.shortText) is not allowed", allowed: allowed)
        return nil
    }

    /// Notes a problem with a key of this section.
    func refuse(_ key: String, _ problem: String, allowed: String) {
        notes.add(full(key), problem, allowed: allowed)
    }

    /// Whether the section is there and has a key.
    func has(_ key: String) -> Bool {
        members.contains { $0.key == key && $0.value != .null }
    }

    /// Notes every key that nothing asked for; called last.
    func finish() {
        for member in members where !known.contains(member.key) {
            let nearest = NearestName.among(known, to: member.key)
            let hint =
                nearest.map { "did you mean \"\($0)\"?" } ?? "known are \(known.sorted().joined(separator: ", "))"
            notes.add(full(member.key), "unknown key", allowed: hint)
        }
    }

    private func full(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}

/// What reading a configuration found out, shared by the readers of its sections.
final class ConfigurationNotes {
    private(set) var problems: [ConfigurationProblem] = []
    /// Every key that a configuration may have, as paths.
    private(set) var knownKeys: Set<String> = []

    func add(_ key: String, _ problem: String, allowed: String) {
        problems.append(ConfigurationProblem(key: key, problem: problem, allowed: allowed))
    }

    func add(_ problem: ConfigurationProblem) {
        problems.append(problem)
    }

    func know(_ key: String) {
        knownKeys.insert(key)
    }
}

extension JSONValue {
    /// The value as a message shows it.
    fileprivate var shortText: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value.prefix(60))\""
        case .array: "a list"
        case .object: "an object"
        }
    }
}
