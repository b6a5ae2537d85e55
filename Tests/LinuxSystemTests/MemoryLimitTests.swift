import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("The limit on a process's memory")
struct MemoryLimitTests {
    @Test("Every group counts, from the process's own to the top, in either version")
    func groups() throws {
        let directory = try TemporaryDirectory()
        let root = directory.path
        let files = [
            ("a/b/memory.max", "max\n"), ("a/b/memory.high", "50\n"), ("a/memory.max", "200\n"),
            ("memory/x/memory.limit_in_bytes", "100\n"), ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ]
        for (name, text) in files { try directory.file(name, bytes: Array(text.utf8)) }
        let new = MemoryLimit.controlGroups("0::/a/b\n", mounts: root)
        #expect(Set(new.map(\.byteCount)) == [200])
        #expect(new.min { $0.byteCount < $1.byteCount }?.origin == root.appending("a/memory.max").string)
        let old = MemoryLimit.controlGroups("5:cpu:/y\n4:memory:/x\n0::/\n", mounts: root)
        #expect(old.map(\.byteCount).min() == 100)
        let foreign = MemoryLimit.controlGroups("4:memory:/docker/1234\n", mounts: root)
        #expect(foreign.map(\.byteCount) == [9_223_372_036_854_771_712])
        #expect(MemoryLimit.controlGroups("0::/../../etc\nnonsense\n::\n", mounts: root).isEmpty)
    }

    @Test("A limit is always found")
    func machine() {
        let limit = MemoryLimit.ofThisProcess()
        #expect(limit.byteCount > 0)
        #expect(!limit.origin.isEmpty)
    }
}
