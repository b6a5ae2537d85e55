import Testing

@testable import DaemonCore

@Suite struct ConnectionPlacesTests {
    private var places = ConnectionPlaces(operators: [0, 500])

    private mutating func take(_ count: Int, as user: UInt32) -> Int {
        (0..<count).count { _ in places.enter(user) == .taken(by: user) }
    }

    @Test("one user has a share, all others together have a larger one, and operators have the rest")
    mutating func shares() {
        #expect(take(1000, as: 1000) == ConnectionPlaces.one)
        #expect(take(1000, as: 1001) == ConnectionPlaces.others - ConnectionPlaces.one)
        #expect(take(1000, as: 1002) == 0)
        #expect(take(8, as: 500) == 8)
        #expect(take(1000, as: 0) == ConnectionPlaces.all - ConnectionPlaces.others - 8)
    }

    @Test("operators may have all places, and then nobody else has one")
    mutating func operators() {
        #expect(take(1000, as: 0) == ConnectionPlaces.all)
        #expect(take(1, as: 1000) == 0 && take(1, as: 500) == 0)
    }

    @Test("a refusal takes a place of its own kind, of which there are few, and everything comes back")
    mutating func refusals() {
        #expect(take(ConnectionPlaces.one, as: 1000) == ConnectionPlaces.one)
        let refused = (0..<ConnectionPlaces.refusals).map { _ in places.enter(1000) }
        #expect(refused.allSatisfy { $0 == .refused })
        #expect(places.enter(1000) == nil)
        places.leave(.refused)
        #expect(places.enter(1000) == .refused)
        places.leave(.taken(by: 1000))
        #expect(places.enter(1000) == .taken(by: 1000))
        for _ in 0..<ConnectionPlaces.one { places.leave(.taken(by: 1000)) }
        #expect(take(1000, as: 0) == ConnectionPlaces.all)
    }
}
