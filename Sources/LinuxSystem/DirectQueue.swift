import CLinux

/// Direct reads and writes that go on while the thread that began them does something else.
///
/// A disk that is asked for one thing at a time rests between any two. It is meant for one thread.
package struct DirectQueue: ~Copyable {
    // 0 once the kernel has refused to tell what became of what was begun.
    private var context: UInt64
    private let depth: Int
    // Begun and not yet waited for.
    private var pendingCount: Int

    /// Makes a queue; nil where the kernel has none to give.
    package init?(depth: Int) {
        var context: UInt64 = 0
        guard lawa_aio_setup(Int32(depth), &context) == 0 else { return nil }
        self.init(context: context, depth: depth, pendingCount: 0)
    }

    init(context: UInt64, depth: Int, pendingCount: Int) {
        self.context = context
        self.depth = depth
        self.pendingCount = pendingCount
    }

    /// Begins a read into aligned memory that stays until it is waited for; false where it has to be done otherwise.
    package mutating func beginReading(
        _ file: File,
        at offset: Int,
        into buffer: UnsafeMutableRawBufferPointer,
        tag: Int
    ) -> Bool {
        begin(file, writing: false, buffer.baseAddress, buffer.count, offset, tag)
    }

    /// Begins a write from aligned memory that stays until it is waited for; false where it has to be done otherwise.
    package mutating func beginWriting(
        _ file: File,
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int,
        tag: Int
    ) -> Bool {
        begin(file, writing: true, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, offset, tag)
    }

    /// Waits for one of those that were begun: its tag, and how many bytes it moved; 0 also where it failed.
    ///
    /// - Throws: where the kernel does not tell; nothing is under way then, and nothing can be begun any more.
    package mutating func next() throws(SystemCallError) -> (tag: Int, byteCount: Int)? {
        guard pendingCount > 0 else { return nil }
        var tag: UInt64 = 0
        var result: Int64 = 0
        do {
            _ = try systemCall("wait for direct reads and writes") { lawa_aio_wait(context, &tag, &result) }
        } catch {
            lawa_aio_destroy(context)
            context = 0
            pendingCount = 0
            throw error
        }
        pendingCount -= 1
        return (Int(tag), max(0, Int(result)))
    }

    private mutating func begin(
        _ file: File,
        writing: Bool,
        _ bytes: UnsafeMutableRawPointer?,
        _ count: Int,
        _ offset: Int,
        _ tag: Int
    ) -> Bool {
        guard
            pendingCount < depth, context != 0,
            lawa_aio_submit(context, file.descriptor, writing, bytes, count, Int64(offset), UInt64(tag)) == 0
        else { return false }
        pendingCount += 1
        return true
    }

    deinit {
        if context != 0 { lawa_aio_destroy(context) }
    }
}
