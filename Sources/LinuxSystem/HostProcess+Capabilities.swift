import SystemPackage

extension HostProcess {
    /// Whether this process may read what its user may not by the files' modes: root, or a service with
    /// CAP_DAC_READ_SEARCH or CAP_DAC_OVERRIDE (capabilities(7)).
    package static let readsAnything = readsAnything(status: (try? textOfOwnStatus()) ?? "")

    /// The same by the text of /proc/self/status.
    static func readsAnything(status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        guard let word = line?.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(word, radix: 16) else {
            return effectiveUser == 0
        }
        let (override, readSearch): (UInt64, UInt64) = (1 << 1, 1 << 2)
        return bits & (override | readSearch) != 0
    }

    private static func textOfOwnStatus() throws -> String {
        let file = try File.openForReading("/proc/self/status")
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
