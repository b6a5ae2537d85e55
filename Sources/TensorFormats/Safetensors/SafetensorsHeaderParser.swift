import Text

/// Reads the JSON of a header straight into entries, without a tree.
struct SafetensorsHeaderParser {
    private static let metadataName = "__metadata__"
    /// What a tensor takes apart from the text of its name, from its key here to its place in a catalog.
    private static let tensorByteCount = 560
    /// What a pair of the metadata takes apart from its texts.
    private static let pairByteCount = 160
    /// What a dimension of a shape takes, in an array that has grown by doubling.
    private static let dimensionByteCount = 2 * MemoryLayout<Int>.stride
    private static let sizeText = "an integer from 0 to \(Int.max)"
    /// Lookup by hash; `ElementType(rawValue:)` compares with one name after the other.
    private static let elementTypes = Dictionary(
        uniqueKeysWithValues: ElementType.safetensors.map { ($0.rawValue, $0) }
    )

    /// The tensors in the order of the JSON.
    private(set) var entries: [SafetensorsEntry] = []
    /// The pairs of `__metadata__` in the order of the JSON.
    private(set) var metadata: [(key: String, value: String)] = []
    private var dimensionCount = 0
    private var tokenizer: JSONTokenizer
    private let memory: ReaderMemory
    /// Why reading ended, where it was not for the text.
    private var shortage: MemoryShortage?
    /// The type of the entry before, which mostly is the type of the next one.
    private var lastElementType: ElementType?
    /// The tensor being read, for errors.
    private var tensorName: String?

    /// Checks that the bytes are UTF-8.
    init(json: UnsafeRawBufferPointer, memory: ReaderMemory) throws(SafetensorsError) {
        // The texts are counted with the header's bytes, which are there beside.
        self.memory = memory.left(beside: 2 * json.count)
        do {
            tokenizer = try JSONTokenizer(json, options: JSONOptions(memory: self.memory))
        } catch {
            throw .malformedHeader(tensor: nil, error)
        }
    }

    /// Reads all of the JSON.
    mutating func parse() throws(SafetensorsError) {
        do {
            try readRoot()
        } catch {
            if let shortage { throw .memory(shortage) }
            throw .malformedHeader(tensor: tensorName, error)
        }
    }

    private mutating func readRoot() throws(JSONSyntaxError) {
        try tokenizer.beginObject("the header")
        while let name = try tokenizer.nextKey() {
            try requireMemory()
            if name == Self.metadataName {
                try readMetadata()
            } else {
                tensorName = name
                try readEntry(name)
                tensorName = nil
            }
        }
        _ = try tokenizer.next()
    }

    /// Counts what there is, and another tensor.
    private mutating func requireMemory() throws(JSONSyntaxError) {
        let held =
            Self.tensorByteCount * (entries.count + 1) + Self.pairByteCount * metadata.count
            + Self.dimensionByteCount * dimensionCount
        do throws(MemoryShortage) {
            try memory.require(held)
        } catch {
            shortage = error
            throw tokenizer.error("\(error)")
        }
    }

    private mutating func readMetadata() throws(JSONSyntaxError) {
        let token = try tokenizer.next()
        if token == .null { return }
        guard token == .beginObject else {
            throw tokenizer.mismatch(Self.metadataName, token, expected: "an object of strings, or null")
        }
        while let key = try tokenizer.nextKey() {
            metadata.append((key, try tokenizer.nextString("\(Self.metadataName) \(key.quoted)")))
            try requireMemory()
        }
    }

    private mutating func readEntry(_ name: String) throws(JSONSyntaxError) {
        var elementType: ElementType?
        var shape: [Int]?
        var offsets: (begin: Int, end: Int)?
        try tokenizer.beginObject("the entry")
        while let field = try tokenizer.nextKey() {
            switch field {
            case "dtype": elementType = try readElementType()
            case "shape": shape = try readShape()
            case "data_offsets": offsets = try readOffsets()
            default: try tokenizer.skipValue()
            }
        }
        guard let elementType else { throw missing("dtype") }
        guard let shape else { throw missing("shape") }
        guard let offsets else { throw missing("data_offsets") }
        entries.append(
            SafetensorsEntry(
                name: name,
                elementType: elementType,
                shape: shape,
                begin: offsets.begin,
                end: offsets.end
            )
        )
    }

    private func missing(_ field: String) -> JSONSyntaxError { tokenizer.error("the entry has no \(field.quoted)") }

    private mutating func readElementType() throws(JSONSyntaxError) -> ElementType {
        let name = try tokenizer.nextString("dtype")
        if let lastElementType, lastElementType.rawValue == name { return lastElementType }
        guard let elementType = Self.elementTypes[name] else {
            let known = ElementType.safetensors.map(\.rawValue).joined(separator: " ")
            throw tokenizer.error("dtype \(name.quoted) is unknown, known are \(known)")
        }
        lastElementType = elementType
        return elementType
    }

    private mutating func readShape() throws(JSONSyntaxError) -> [Int] {
        try beginArray("shape")
        var shape: [Int] = []
        shape.reserveCapacity(4)
        while let extent = try nextSize("shape[\(shape.count)]") {
            guard shape.count < SafetensorsHeader.maximumRank else {
                throw tokenizer.error("shape has more than \(SafetensorsHeader.maximumRank) dimensions")
            }
            shape.append(extent)
        }
        dimensionCount += shape.count
        return shape
    }

    private mutating func readOffsets() throws(JSONSyntaxError) -> (begin: Int, end: Int) {
        try beginArray("data_offsets")
        guard let begin = try nextSize("data_offsets[0]"),
            let end = try nextSize("data_offsets[1]"),
            try nextSize("data_offsets[2]") == nil
        else { throw tokenizer.error("data_offsets must hold two numbers, begin and end") }
        return (begin, end)
    }

    private mutating func beginArray(_ name: String) throws(JSONSyntaxError) {
        let token = try tokenizer.next()
        guard token == .beginArray else { throw tokenizer.mismatch(name, token, expected: "an array") }
    }

    /// Reads the next element of an array of sizes, or nil at its end.
    private mutating func nextSize(_ name: @autoclosure () -> String) throws(JSONSyntaxError) -> Int? {
        let token = try tokenizer.next()
        if token == .endArray { return nil }
        guard case .integer(let size) = token, size >= 0 else {
            throw tokenizer.mismatch(name(), token, expected: Self.sizeText)
        }
        return size
    }
}
