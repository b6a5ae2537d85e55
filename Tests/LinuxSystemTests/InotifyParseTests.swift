import Glibc
import LinuxSystem
import Testing

@Suite struct InotifyParseTests {
    @Test func readsRecordsOfAllLengths() {
        let bytes =
            record(watch: 1, mask: 0x100, cookie: 0, name: "a", padding: 15)
            + record(watch: 2, mask: 0x4000_0080, cookie: 77, name: "checkpoint-1", padding: 4)
            + record(watch: 3, mask: 0x400, cookie: 0, name: "", padding: 0)
            + record(watch: -1, mask: 0x4000, cookie: 0, name: "", padding: 0)
        let events = parse(bytes)
        #expect(
            events == [
                InotifyEvent(watch: 1, kind: .create, name: "a"),
                InotifyEvent(watch: 2, kind: [.movedTo, .directory], cookie: 77, name: "checkpoint-1"),
                InotifyEvent(watch: 3, kind: .deleteSelf),
                InotifyEvent(watch: -1, kind: .queueOverflow),
            ]
        )
        #expect(events.map(\.isQueueOverflow) == [false, false, false, true])
        #expect(events.map(\.isDirectory) == [false, true, false, false])
    }

    @Test func namesThatAreNotTextAreLeftOut() {
        let odd = record(watch: 1, mask: 0x100, cookie: 0, nameBytes: [0x61, 0xFF], padding: 14)
        let good = record(watch: 2, mask: 0x100, cookie: 0, name: "b", padding: 15)
        #expect(parse(odd + good).map(\.watch) == [2])
    }

    @Test func aNameWithoutPaddingIsRead() {
        #expect(parse(record(watch: 1, mask: 2, cookie: 0, name: "abcd", padding: 0)).map(\.name) == ["abcd"])
    }

    @Test func recordsThatAreCutOffEndTheList() {
        let whole = record(watch: 1, mask: 0x100, cookie: 0, name: "a", padding: 15)
        for size in 0..<whole.count {
            #expect(parse(whole + whole[..<size]).count == 1)
            #expect(parse(Array(whole[..<size])).isEmpty)
        }
        var forged = whole
        forged.replaceSubrange(12..<16, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(parse(forged).isEmpty)
        #expect(parse([]).isEmpty)
    }

    private func parse(_ bytes: [UInt8]) -> [InotifyEvent] {
        bytes.withUnsafeBytes { Inotify.parse($0) }
    }

    private func record(watch: Int32, mask: UInt32, cookie: UInt32, name: String, padding: Int) -> [UInt8] {
        record(watch: watch, mask: mask, cookie: cookie, nameBytes: Array(name.utf8), padding: padding)
    }

    private func record(watch: Int32, mask: UInt32, cookie: UInt32, nameBytes: [UInt8], padding: Int) -> [UInt8] {
        let length = UInt32(nameBytes.count + padding)
        let header = [UInt32(bitPattern: watch), mask, cookie, length].flatMap { word in
            withUnsafeBytes(of: word) { Array($0) }
        }
        return header + nameBytes + [UInt8](repeating: 0, count: padding)
    }
}
