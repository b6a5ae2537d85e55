import Testing

@testable import LinuxSystem

@Suite struct DirectQueueTests {
    /// A kernel that does not tell what became of a read must not be asked for ever.
    @Test func whatTheKernelDoesNotTellIsAnError() throws {
        var queue = DirectQueue(context: 1, depth: 1, pendingCount: 1)
        var caught: SystemCallError?
        do {
            _ = try queue.next()
        } catch {
            caught = error
        }
        #expect(caught?.call == "wait for direct reads and writes")
        let left = try queue.next()
        #expect(left == nil)
    }
}
