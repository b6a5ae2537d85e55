package import LinuxSystem
package import SystemPackage

/// Why a pass over a window gave no output. Nothing that a reader could see was written.
package enum AveragingError: Error, Sendable, CustomStringConvertible {
    /// NaN or infinity in a member where others are finite.
    package struct NonFinite: Sendable, Equatable {
        /// The member, counted from the oldest.
        package let member: Int
        /// The member's name.
        package let name: String
        /// The first tensor in which it was found.
        package let tensor: String
        /// How many elements of that tensor.
        package let count: Int
    }

    /// Bytes of a member that are not what the file itself says that they are.
    package struct Damage: Sendable, Equatable {
        /// The member, counted from the oldest.
        package let member: Int
        /// The member's name.
        package let name: String
        /// The damaged file.
        package let path: FilePath
        /// The bytes in question.
        package let range: Range<Int>
        /// The CRC-32 that the file states.
        package let expected: UInt32
        /// The CRC-32 of what was read.
        package let found: UInt32

        /// What is wrong, without the member's name.
        package var problem: String {
            let stated = "0x" + String(expected, radix: 16)
            return "the \(range.count) bytes at offset \(range.lowerBound) have CRC-32 0x\(String(found, radix: 16)), "
                + "the file states \(stated)"
        }
    }

    /// Somebody asked for a stop.
    case cancelled
    /// A member's file is another one than was inspected, or was changed while it was read.
    case memberChanged(path: FilePath)
    /// A member's file cannot be read, though it is there and unchanged.
    case unreadable(problem: String)
    /// A member has diverged values where the others are finite.
    case nonFinite([NonFinite])
    /// A member whose bytes do not match the checksums that it carries.
    case damaged(Damage)
    /// Less room than the average and the reserve need; or a quota, or a want of inodes, that `refusal` tells of.
    case notEnoughSpace(path: FilePath, needed: Int, reserve: Int, available: Int, refusal: SystemCallError? = nil)
    /// The operating system refused.
    case system(SystemCallError)

    /// Does what only the operating system can refuse.
    static func wrapping<Value: ~Copyable>(
        _ body: () throws(SystemCallError) -> Value
    ) throws(AveragingError) -> Value {
        do {
            return try body()
        } catch {
            throw .system(error)
        }
    }

    /// Whether the same window may succeed later without anybody's help.
    package var isTransient: Bool {
        switch self {
        case .cancelled, .memberChanged, .unreadable, .notEnoughSpace, .system: true
        case .nonFinite, .damaged: false
        }
    }

    /// The cause as a sentence, with what to do.
    package var description: String {
        switch self {
        case .cancelled:
            return "the average was stopped before it was done; nothing was published"
        case .memberChanged(let path):
            return "\"\(path)\" changed while it was read; the average was discarded and is tried again"
        case .unreadable(let problem):
            return problem
        case .nonFinite(let findings):
            let list = findings.map {
                "\"\($0.name)\" has \($0.count) NaN or infinite elements in tensor \"\($0.tensor)\" "
                    + "where other members are finite"
            }
            return list.joined(separator: "; ") + "; leave it out, it comes from a step that diverged"
        case .damaged(let damage):
            return "\"\(damage.path)\" is damaged: \(damage.problem); leave it out, or save it again"
        case .notEnoughSpace(let path, let needed, let reserve, let available, let refusal):
            let (wanted, isTooMuch) = needed.addingReportingOverflow(reserve)
            let missing = (isTooMuch ? .max : wanted) - available
            if missing <= 0, let refusal { return "\(refusal); the average needs \(needed) bytes" }
            let subject = "not enough space at \"\(path)\": the average needs \(needed) bytes"
            if reserve == 0 { return "\(subject), but only \(available) are available; free \(missing) bytes" }
            return "\(subject) and \(reserve) are to stay free, but only \(available) are available; "
                + "free \(missing) bytes or lower limits.min_free"
        case .system(let error):
            return "\(error)"
        }
    }
}
