import Testing

@testable import LinuxSystem

@Suite struct CapabilityTests {
    @Test(arguments: [
        ("0000000000000000", false), ("0000000000000004", true), ("0000000000000002", true), ("000001ffffffffff", true),
        ("0000000000000001", false), ("0000000000000008", false),
    ])
    func rightsToReadAnything(mask: String, expected: Bool) {
        let status = "Name:\tlawad\nCapInh:\t000001ffffffffff\nCapEff:\t\(mask)\nCapBnd:\t000001ffffffffff\n"
        #expect(HostProcess.readsAnything(status: status) == expected)
    }
}
