import Testing

@testable import DaemonCore

@Suite struct ReportPageTests {
    private struct Entry: Equatable {
        var step: Int
        var name = "checkpoint"

        var key: PageKey { PageKey(step: step, name: name) }
    }

    @Test("pages that follow one another hold everything once", arguments: [0, 1, 999, 1000, 1001, 2000, 12_345])
    func following(count: Int) {
        let all = (0..<count).map { Entry(step: $0) }
        var page = ReportPage()
        var seen: [Entry] = []
        while true {
            let (entries, next) = page.entries(of: all.shuffled(), key: \.key)
            #expect(entries.count <= 1000)
            seen += entries
            guard let next else { break }
            page.after = next
        }
        #expect(seen == all.reversed())
    }

    @Test("what comes and goes between pages neither hides nor repeats the rest", arguments: 0..<20)
    func changing(seed: Int) throws {
        var random = SystemRandomNumberGenerator()
        var all = (0..<100).map { Entry(step: $0 / 3, name: "c-\($0)") }
        let lasting = Set(all.indices.filter { $0 % 2 == seed % 2 }.map { all[$0].name })
        var page = ReportPage(limit: 1 + seed)
        var seen: [String] = []
        while true {
            let (entries, next) = page.entries(of: all, key: \.key)
            seen += entries.map(\.name)
            guard let next else { break }
            let key: PageKey = try #require(PageKey(text: next.text))
            page.after = key
            all.removeAll { !lasting.contains($0.name) && Bool.random(using: &random) }
            all.append(Entry(step: 40 + seen.count, name: "new-\(seen.count)"))
        }
        #expect(seen.count == Set(seen).count)
        #expect(lasting.isSubset(of: seen))
    }

    @Test("an offset passes over entries, from the newest or from where a page begins")
    func offsets() {
        let all = (0..<10).map { Entry(step: $0) }
        let first = ReportPage(limit: 2, offset: 3).entries(of: all, key: \.key)
        #expect(first.entries.map(\.step) == [6, 5] && first.next?.step == 5)
        let second = ReportPage(limit: 2, after: first.next, offset: 1).entries(of: all, key: \.key)
        #expect(second.entries.map(\.step) == [3, 2])
    }

    @Test("a page beyond the end is empty and the last", arguments: [5, 6, Int.max])
    func beyond(offset: Int) {
        let all = (0..<5).map { Entry(step: $0) }
        for page in [ReportPage(limit: 10, offset: offset), ReportPage(after: PageKey(step: -1, name: ""))] {
            let (entries, next) = page.entries(of: all, key: \.key)
            #expect(entries.isEmpty && next == nil)
        }
    }

    @Test("keys survive a query", arguments: ["", "checkpoint-7", "a/b", "ä?&=%41+", "\u{1b}[31m", "////", "~~~???"])
    func keys(name: String) throws {
        let text = PageKey(step: 12, name: name).text
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        let key = try #require(PageKey(text: text))
        #expect(key.step == 12 && key.name == name)
    }

    @Test("what is no key is none", arguments: ["", "!", "AAAA", "1", "eC9j"])
    func noKeys(text: String) {
        #expect(PageKey(text: text) == nil)
    }
}
