/// A record of a zip archive whose local header was found where the directory says.
struct ZipRecord {
    /// The record's data in the file.
    let range: Range<Int>
    /// The checksum of the data, nil for an empty record and where the writer computed none.
    let seal: ByteSeal?
}
