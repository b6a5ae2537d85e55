/// How much of each file a worker holds at a time, so that the memory of a pass does not depend on the model.
enum ChunkSize {
    /// The memory that all workers together may hold: chunks of all members and of all outputs.
    static let budget = 32 << 20
    /// Beyond it a disk gets no faster, as each worker has a read of every member under way.
    static let largest = 512 << 10
    /// Below it, the cost of a system call for each member and chunk begins to show.
    static let smallest = 128 << 10
    /// A piece of every member, small enough that all of them stay in the second-level cache while they are
    /// checksummed and averaged.
    private static let hotBudget = 384 << 10

    /// The size of a chunk, a multiple of `smallest`.
    static func chunk(threads: Int, members: Int, outputs: Int) -> Int {
        let share = budget / (threads * (members + outputs))
        return min(largest, max(smallest, share / smallest * smallest))
    }

    /// The size of a step within a chunk, a multiple of every element's size.
    static func step(members: Int) -> Int {
        min(64 << 10, max(4 << 10, hotBudget / members / 4096 * 4096))
    }
}
