/// The contents of all lists, tuples, dicts and sets, in one array.
///
/// The values of a container lie next to each other. One that outgrows its place moves to the end, with room for as
/// many values again, so that adding a value takes constant time on average.
struct PickleArena: Sendable {
    /// Where the values of one container are.
    private struct Container: Sendable {
        var start: UInt32 = 0
        var count: UInt32 = 0
        var capacity: UInt32 = 0
    }

    private var containers: [Container] = []
    private var slots: [PickleValue] = []

    /// How many values the arena takes the room of.
    var nodeCount: Int { slots.count + containers.count }

    /// How many values are there twice while so many, and a container, are added: they move into larger arrays.
    func copiedCount(adding count: Int) -> Int {
        (slots.count + count > slots.capacity ? slots.count : 0)
            + (containers.count < containers.capacity ? 0 : containers.count)
    }

    /// How many values the arena grows by, where so many are added to a container.
    func growth(adding addition: Int, to index: Int) -> Int {
        let container = containers[index]
        let needed = Int(container.count) + addition
        guard needed > container.capacity else { return 0 }
        if isLast(container) { return needed - Int(container.capacity) }
        return capacity(of: container, holding: needed)
    }

    private func isLast(_ container: Container) -> Bool {
        Int(container.start) + Int(container.capacity) == slots.count
    }

    private func capacity(of container: Container, holding needed: Int) -> Int {
        container.count == 0 ? needed : max(needed, 2 * Int(container.count))
    }

    /// How many containers there are; they are numbered from 0.
    var containerCount: Int { containers.count }

    /// Makes a container of these values and returns its number.
    mutating func makeContainer(_ values: ArraySlice<PickleValue> = []) -> Int {
        var container = Container(start: UInt32(slots.count))
        container.count = UInt32(values.count)
        container.capacity = container.count
        slots.append(contentsOf: values)
        containers.append(container)
        return containers.count - 1
    }

    /// Adds values to the end of a container.
    mutating func append(_ values: ArraySlice<PickleValue>, to index: Int) {
        reserve(values.count, in: index)
        var next = Int(containers[index].start) + Int(containers[index].count)
        for value in values {
            slots[next] = value
            next += 1
        }
        containers[index].count += UInt32(values.count)
    }

    /// The values of a container, which nobody should hold on to while the arena grows.
    func values(of index: Int) -> ArraySlice<PickleValue> {
        let container = containers[index]
        return slots[Int(container.start)..<Int(container.start) + Int(container.count)]
    }

    /// One value of a container, without holding on to the others.
    ///
    /// A slice that is alive while the arena grows would make it copy all of its values.
    func value(_ position: Int, of index: Int) -> PickleValue { slots[Int(containers[index].start) + position] }

    /// How many values a container has; a dict has two for each key.
    func valueCount(of index: Int) -> Int { Int(containers[index].count) }

    private mutating func reserve(_ addition: Int, in index: Int) {
        let container = containers[index]
        let needed = Int(container.count) + addition
        guard needed > container.capacity else { return }
        if isLast(container) {
            slots.append(contentsOf: repeatElement(.none, count: needed - Int(container.capacity)))
            containers[index].capacity = UInt32(needed)
            return
        }
        let capacity = capacity(of: container, holding: needed)
        let start = slots.count
        for source in Int(container.start)..<Int(container.start) + Int(container.count) { slots.append(slots[source]) }
        slots.append(contentsOf: repeatElement(.none, count: capacity - Int(container.count)))
        containers[index].start = UInt32(start)
        containers[index].capacity = UInt32(capacity)
    }
}
