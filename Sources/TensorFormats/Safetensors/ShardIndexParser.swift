import Text

/// Collects what a shard index says.
struct ShardIndexParser {
    /// The file of each tensor.
    private(set) var weightMap: [String: String] = [:]
    /// The distinct files.
    private(set) var files: Set<String> = []
    /// The size of all tensors in bytes, if it is a whole number.
    private(set) var totalSize: Int?
    /// The first entry whose file is not a plain name in the index's own directory.
    private(set) var unsafeEntry: (tensor: String, file: String)?

    /// Reads all of the JSON.
    mutating func parse(_ bytes: UnsafeRawBufferPointer, memory: ReaderMemory) throws(JSONSyntaxError) {
        var tokenizer = try JSONTokenizer(bytes, options: JSONOptions(memory: memory.left(beside: 2 * bytes.count)))
        try tokenizer.beginObject("the index")
        while let key = try tokenizer.nextKey() {
            switch key {
            case "weight_map": try readWeightMap(&tokenizer)
            case "metadata": try readMetadata(&tokenizer)
            default: try tokenizer.skipValue()
            }
        }
        _ = try tokenizer.next()
    }

    private mutating func readWeightMap(_ tokenizer: inout JSONTokenizer) throws(JSONSyntaxError) {
        try tokenizer.beginObject("weight_map")
        while let tensor = try tokenizer.nextKey() {
            let file = try tokenizer.nextString("the file of tensor \(tensor.quoted)")
            let (isNew, sharedFile) = files.insert(file)
            if isNew, unsafeEntry == nil, !Self.isPlainFileName(file) { unsafeEntry = (tensor, file) }
            // Thousands of tensors name the same few files: keep one copy of each name.
            weightMap[tensor] = sharedFile
        }
    }

    private static func isPlainFileName(_ name: String) -> Bool {
        name != "" && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    private mutating func readMetadata(_ tokenizer: inout JSONTokenizer) throws(JSONSyntaxError) {
        let token = try tokenizer.next()
        if token == .null { return }
        guard token == .beginObject else { throw tokenizer.mismatch("metadata", token, expected: "an object") }
        while let key = try tokenizer.nextKey() {
            if key == "total_size" { try readTotalSize(&tokenizer) } else { try tokenizer.skipValue() }
        }
    }

    /// Some writers of `transformers` sum sizes in floating point, so 60.0 counts as 60.
    private mutating func readTotalSize(_ tokenizer: inout JSONTokenizer) throws(JSONSyntaxError) {
        let token = try tokenizer.next()
        switch token {
        case .integer(let size) where size >= 0: totalSize = size
        case .number(let size) where (0..<0x1p63).contains(size):
            let whole = Int(size)
            totalSize = Double(whole) == size ? whole : nil
        default: throw tokenizer.mismatch("total_size", token, expected: "a number of bytes")
        }
    }
}
