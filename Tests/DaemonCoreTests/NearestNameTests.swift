import Testing

@testable import DaemonCore

@Suite struct NearestNameTests {
    @Test(arguments: [("rescn", "rescan"), ("settel", "settle"), ("watchh", "watch")])
    func nearestName(written: String, meant: String) {
        #expect(NearestName.among(["watch", "settle", "rescan"], to: written) == meant)
    }

    @Test func nothingIsNearEnough() {
        #expect(NearestName.among(["watch", "settle"], to: "retention") == nil)
    }
}
