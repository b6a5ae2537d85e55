import Testing

@testable import DaemonCore

@Suite struct ReportPageTests {
    @Test("pages that follow one another hold everything once", arguments: [0, 1, 999, 1000, 1001, 2000, 12_345])
    func following(count: Int) {
        let all = Array(0..<count)
        var page = ReportPage()
        var seen: [Int] = []
        while true {
            let entries = page.entries(of: all)
            #expect(entries.count <= 1000)
            seen += entries
            guard let next = page.next(total: count) else { break }
            page.offset = next
        }
        #expect(seen == all)
    }

    @Test("a page beyond the end is empty and the last", arguments: [5, 6, Int.max])
    func beyond(offset: Int) {
        let page = ReportPage(limit: 10, offset: offset)
        #expect(page.entries(of: Array(0..<5)).isEmpty)
        #expect(page.next(total: 5) == nil)
    }
}
