import TensorFormats

extension AverageManifest {
    /// The highest number of an average among those of its recipe, which no run reaches.
    static let highestSequence = 1 << 53

    /// Which of its numbers no average has; nil where sums and differences of all of them fit into 63 bits.
    ///
    /// Whoever may write among the averages may write any number, and none may end the daemon.
    var impossibleNumber: String? {
        if let step = ([step] + members.map(\.step)).first(where: { $0 < 0 }) { return "it has step \(step)" }
        if let sequence, !(1...Self.highestSequence).contains(sequence) { return "it has sequence \(sequence)" }
        for records in [files] + members.map(\.files) {
            var room = SizeLimit.byteCount
            for record in records {
                guard (0...room).contains(record.size) else {
                    return "\"\(record.path)\" has \(record.size) bytes, the limit for all files is "
                        + SizeLimit.description
                }
                room -= record.size
            }
        }
        return nil
    }
}
