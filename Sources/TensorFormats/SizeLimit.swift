/// How large what is averaged may be.
package enum SizeLimit {
    /// The most bytes of one file, of all files of a checkpoint, and of all tensors of a model.
    ///
    /// It is far more than any machine holds, while sums of bytes and of elements over the members of an average stay
    /// within 63 bits: a file that is all hole can claim any size.
    package static let byteCount = 1 << 50

    /// The limit as messages name it.
    package static let description = "2^50 (\(byteCount)) bytes"
}
