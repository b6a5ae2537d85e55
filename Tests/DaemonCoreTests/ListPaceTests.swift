import Testing

@testable import DaemonCore

@Suite struct ListPaceTests {
    @Test(
        "a list is followed by nine times its time, by the time of its bytes, or by a second",
        arguments: [
            (10, 0, 90), (0, 16 << 20, 1000), (10, 4 << 20, 250), (50, 4 << 20, 450), (5000, 0, 1000), (0, 0, 0),
        ]
    )
    func pauses(milliseconds: Int, byteCount: Int, pause: Int) {
        var pace = ListPace()
        let start = ContinuousClock.now
        let end = start + .milliseconds(milliseconds)
        pace.made(byteCount, from: start, to: end)
        #expect(pace.next == end + .milliseconds(pause))
    }
}
