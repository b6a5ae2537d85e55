import Glibc

extension File {
    /// Whether the file ends in a hole: bytes that were given room by a size but never written.
    ///
    /// False where the filesystem does not tell holes from data.
    package func hasHoleAtEnd() throws(SystemCallError) -> Bool {
        let size = try status().size
        guard size > 0 else { return false }
        // SEEK_DATA from the last byte finds data there, or ENXIO where only a hole is left (lseek(2)).
        return lseek(descriptor, off_t(size - 1), File.seekData) < 0 && errno == ENXIO
    }

    /// Linux's SEEK_DATA, which the C library shows only to programs that ask for GNU extensions.
    private static let seekData: Int32 = 3
}
