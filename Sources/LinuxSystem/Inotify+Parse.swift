extension Inotify {
    /// Reads the records of inotify(7): watch, mask, cookie and length of the name, 4 bytes each, then the name.
    ///
    /// The name is padded with zeros. A name that is not UTF-8 cannot be one of ours, so its event is left out; a
    /// record that is cut off ends the list.
    package static func parse(_ buffer: UnsafeRawBufferPointer) -> [InotifyEvent] {
        let headerSize = 16
        var events: [InotifyEvent] = []
        var offset = 0
        while buffer.count - offset >= headerSize {
            let nameSize = Int(buffer.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            let nameStart = offset + headerSize
            guard nameSize <= buffer.count - nameStart else {
                break
            }
            let name = buffer[nameStart..<nameStart + nameSize].prefix { $0 != 0 }
            let text = String(validating: name, as: UTF8.self)
            if let text {
                events.append(
                    InotifyEvent(
                        watch: buffer.loadUnaligned(fromByteOffset: offset, as: Int32.self),
                        kind: .init(rawValue: buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)),
                        cookie: buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self),
                        name: text.isEmpty ? nil : text
                    )
                )
            }
            offset = nameStart + nameSize
        }
        return events
    }
}
