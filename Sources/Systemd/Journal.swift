import CSystemd

/// The journal, by its native protocol.
package enum Journal {
    /// Whether standard error leads to the journal, so that fields sent directly end up beside it.
    ///
    /// $JOURNAL_STREAM alone does not say it: it is inherited by children whose output was redirected.
    package static var isStandardError: Bool {
        guard let variable = csystemd_environment("JOURNAL_STREAM") else {
            return false
        }
        var device: UInt64 = 0
        var inode: UInt64 = 0
        guard csystemd_standard_error_identity(&device, &inode) == 0 else {
            return false
        }
        return String(cString: variable) == "\(device):\(inode)"
    }

    /// Sends one entry; true where it was handed to the journal, or none runs.
    ///
    /// Names are of A-Z, 0-9 and _, begin with a letter and have at most 64 bytes: the journal drops others. Values
    /// may hold anything, line breaks included.
    @discardableResult
    package static func send(_ fields: [(String, String)]) -> Bool {
        let texts = fields.map { name, value in Array("\(name)=\(value)".utf8) }
        var storage = texts.flatMap { $0 }
        return storage.withUnsafeMutableBytes { bytes in
            var offset = 0
            let parts = texts.map { text in
                defer { offset += text.count }
                return iovec(iov_base: bytes.baseAddress?.advanced(by: offset), iov_len: text.count)
            }
            return sd_journal_sendv(parts, Int32(parts.count)) >= 0
        }
    }
}
