/// Visits the elements of a tensor in row-major order, wherever they lie.
struct ElementWalk {
    private let shape: [Int]
    private let strides: [Int]
    private var index: [Int]
    /// Elements between the tensor's first and the next one to visit.
    private var offset = 0
    /// Elements that were not visited yet.
    private(set) var remaining: Int

    init(shape: [Int], strides: [Int]) {
        self.shape = shape
        self.strides = strides
        index = Array(repeating: 0, count: shape.count)
        remaining = shape.reduce(1, *)
    }

    /// Copies the next elements of `size` bytes each, as many as there are and `room` holds; returns how many.
    mutating func copy(from start: UnsafeRawPointer, size: Int, into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(remaining, room.count / size)
        guard let target = room.baseAddress else { return 0 }
        for element in 0..<count {
            (target + element * size).copyMemory(from: start + offset * size, byteCount: size)
            advance()
        }
        remaining -= count
        return count
    }

    private mutating func advance() {
        var dimension = shape.count - 1
        while dimension >= 0 {
            index[dimension] += 1
            offset += strides[dimension]
            if index[dimension] < shape[dimension] { return }
            offset -= index[dimension] * strides[dimension]
            index[dimension] = 0
            dimension -= 1
        }
    }
}
