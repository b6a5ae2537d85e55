import Testing

@testable import Averaging

@Suite struct ElementWalkTests {
    @Test(
        "elements in row-major order, wherever they lie and however little is taken at a time",
        arguments: [
            ([6], [1], [0, 1, 2, 3, 4, 5]), ([2, 3], [1, 2], [0, 2, 4, 1, 3, 5]), ([2, 2], [0, 1], [0, 1, 0, 1]),
            ([3], [2], [0, 2, 4]), ([2, 2, 2], [1, 2, 4], [0, 4, 2, 6, 1, 5, 3, 7]), ([], [], [0]),
            ([2, 0, 3], [1, 1, 1], []), ([4, 2], [1, 1], [0, 1, 1, 2, 2, 3, 3, 4]), ([1, 2, 1], [9, 3, 9], [0, 3]),
        ] as [([Int], [Int], [UInt16])],
        [1, 2, 3, 100]
    )
    func order(view: ([Int], [Int], [UInt16]), block: Int) {
        let storage = (0..<16).map(UInt16.init)
        var found: [UInt16] = []
        var walk = ElementWalk(shape: view.0, strides: view.1)
        var room = [UInt16](repeating: .max, count: block)
        storage.withUnsafeBytes { storage in
            guard let start = storage.baseAddress else { return }
            while walk.remaining > 0 {
                let count = room.withUnsafeMutableBytes { walk.copy(from: start, size: 2, into: $0) }
                found += room[..<count]
                guard count > 0 else { break }
            }
        }
        #expect(found == view.2)
        #expect(walk.remaining == 0)
    }
}
