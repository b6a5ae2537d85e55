import ControlProtocol
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("0", 0), ("512", 512), ("1kB", 1000), ("1KiB", 1024), ("10GiB", 10 << 30), ("1.5 MiB", 3 << 19),
            ("2 TB", 2_000_000_000_000),
        ] as [(String, Int)]
    )
    func sizes(text: String, bytes: Int) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(arguments: ["", "GiB", "1 gib", "-1", "1e3", "9999999TiB", "1..5MB", "0x10", "10GiBs", " 5"])
    func noSizes(text: String) {
        #expect(Quantity.bytes(text) == nil)
    }

    @Test(
        arguments: [
            ("0ms", 0), ("500ms", 500), ("30s", 30_000), ("1.5s", 1500), ("5min", 300_000), ("2h", 7_200_000),
            ("3 m", 180_000),
        ] as [(String, Int)]
    )
    func times(text: String, milliseconds: Int) {
        #expect(Quantity.duration(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5 days", "s", "1e9h", "-3s", "3S"])
    func noTimes(text: String) {
        #expect(Quantity.duration(text) == nil)
    }
}
