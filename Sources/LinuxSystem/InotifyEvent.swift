import Glibc

/// One event of a watched directory: a hint to look again, never the record of what is there.
package struct InotifyEvent: Sendable, Equatable {
    /// What happened, or what a watch is to report.
    package struct Mask: OptionSet, Sendable, Hashable {
        /// The bits of inotify(7).
        package let rawValue: UInt32

        /// Takes the bits as they are.
        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }
    }

    /// The watch it belongs to; -1 for a queue overflow.
    package let watch: WatchDescriptor
    /// What happened.
    package let kind: Mask
    /// Equal in the two halves of one rename; otherwise 0.
    package let cookie: UInt32
    /// The entry it happened to; nil for the watched directory itself.
    package let name: String?

    /// Makes an event.
    package init(watch: WatchDescriptor, kind: Mask, cookie: UInt32 = 0, name: String? = nil) {
        self.watch = watch
        self.kind = kind
        self.cookie = cookie
        self.name = name
    }

    /// Whether events were lost: everything watched must be looked at again.
    package var isQueueOverflow: Bool { kind.contains(.queueOverflow) }

    /// Whether the entry is a directory.
    package var isDirectory: Bool { kind.contains(.directory) }
}

/// The number of a watch; the kernel gives the same one to every path of the same directory.
package typealias WatchDescriptor = Int32

extension InotifyEvent.Mask {
    /// An entry was made, linked or copied in.
    package static let create = Self(rawValue: UInt32(IN_CREATE))
    /// A file that was open for writing was closed.
    package static let closeWrite = Self(rawValue: UInt32(IN_CLOSE_WRITE))
    /// Bytes of a file changed.
    package static let modify = Self(rawValue: UInt32(IN_MODIFY))
    /// Mode, owner, times or link count changed.
    package static let attributes = Self(rawValue: UInt32(IN_ATTRIB))
    /// An entry arrived by rename.
    package static let movedTo = Self(rawValue: UInt32(IN_MOVED_TO))
    /// An entry left by rename.
    package static let movedFrom = Self(rawValue: UInt32(IN_MOVED_FROM))
    /// An entry was removed.
    package static let delete = Self(rawValue: UInt32(IN_DELETE))
    /// The watched directory was removed.
    package static let deleteSelf = Self(rawValue: UInt32(IN_DELETE_SELF))
    /// The watched directory was renamed; the watch goes with it, to a path that nobody names.
    package static let moveSelf = Self(rawValue: UInt32(IN_MOVE_SELF))
    /// Refuses to watch anything but a directory.
    package static let onlyDirectory = Self(rawValue: UInt32(IN_ONLYDIR))
    /// Reports nothing of entries that were removed while open.
    package static let excludeUnlinked = Self(rawValue: UInt32(IN_EXCL_UNLINK))
    /// Reported only: the entry is a directory.
    package static let directory = Self(rawValue: UInt32(IN_ISDIR))
    /// Reported only: events were lost.
    package static let queueOverflow = Self(rawValue: UInt32(IN_Q_OVERFLOW))
    /// Reported only: the watch is gone.
    package static let ignored = Self(rawValue: UInt32(IN_IGNORED))

    /// What tells of checkpoints that come, become complete, and go.
    ///
    /// Without `modify`: a large file brings tens of thousands of them, which overflow the queue and say nothing that
    /// the close or the rename does not.
    package static let checkpointDirectory: Self = [
        .create, .closeWrite, .movedTo, .movedFrom, .delete, .deleteSelf, .moveSelf, .onlyDirectory, .excludeUnlinked,
    ]
}
