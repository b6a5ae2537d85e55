/// Figures as people read them.
package enum Readable {
    /// A size with a binary unit: `12.3 GiB`.
    package static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(count)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(decimal(value, places: value < 10 ? 2 : 1)) \(units[unit])"
    }

    /// A rate with a binary unit: `1.20 GiB/s`.
    package static func rate(_ bytesPerSecond: Double) -> String {
        "\(bytes(Int(exactly: bytesPerSecond.rounded()) ?? 0))/s"
    }

    /// A number with a fixed count of decimal places.
    package static func decimal(_ value: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        guard value.isFinite, abs(value) * scale < 0x1p53 else { return "\(value)" }
        let scaled = Int((abs(value) * scale).rounded())
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard places > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    /// A time span in its two largest units: `45 s`, `12 min`, `3 h 12 min`, `2 d 4 h`.
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return "\(seconds) s" }
        guard seconds >= 10 else { return "\(decimal(max(0, seconds), places: 1)) s" }
        let total = Int(seconds.rounded())
        let (minutes, hours, days) = (total / 60, total / 3600, total / 86_400)
        if minutes == 0 { return "\(total) s" }
        if hours == 0 { return "\(minutes) min" }
        return days == 0 ? "\(hours) h \(minutes % 60) min" : "\(days) d \(hours % 24) h"
    }
}
