/// The keys seen so far in one open object.
///
/// Keys are equal when `String` says so, which counts canonically equivalent spellings as one: a later dictionary
/// over the same keys then cannot meet a collision.
struct JSONKeySet {
    private static let linearLimit = 8

    /// All keys in order.
    private var keys: [String] = []
    /// The hashes of all keys once there are more than a few; up to then a linear search is faster.
    ///
    /// A set of the keys themselves would hash every text again each time it grows.
    private var hashes: Set<Int> = []

    /// How many keys there are.
    var count: Int { keys.count }

    /// Adds a key and says whether it is new.
    mutating func insert(_ key: String) -> Bool {
        if keys.count >= Self.linearLimit {
            if hashes.isEmpty { hashes = Set(keys.map(\.hashValue)) }
            let isNewHash = hashes.insert(key.hashValue).inserted
            if !isNewHash, keys.contains(key) { return false }
        } else if keys.contains(key) {
            return false
        }
        keys.append(key)
        return true
    }

    /// Forgets all keys, and keeps the array's storage for the next object.
    ///
    /// The set's storage is not kept. Clearing a large one costs its capacity every time, which a hostile text could
    /// ask for again and again.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        if !hashes.isEmpty { hashes = [] }
    }
}
