/// What tells two files apart, whatever their names: the filesystem and the number in it.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Takes both numbers as stat(2) gives them.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// The file that a status is of.
    package init(_ status: FileStatus) {
        self.init(device: status.device, inode: status.inode)
    }
}
