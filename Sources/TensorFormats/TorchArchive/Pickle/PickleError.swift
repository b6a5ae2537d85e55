/// Why a pickle is refused; the caller adds the file and the record.
package struct PickleError: Error, Equatable, Sendable {
    /// What is wrong.
    enum Reason: Equatable, Sendable {
        /// The pickle ends within an opcode or without a STOP.
        case truncated(needed: Int, available: Int)
        /// The pickle is beyond the limit.
        case tooLarge(byteCount: Int, limit: Int)
        /// The values are more than the limit.
        case tooManyNodes(limit: Int)
        /// The values take more memory than they may.
        case memory(MemoryShortage)
        /// A text or byte string is beyond the limit.
        case textTooLong(byteCount: Int, limit: Int)
        /// The protocol is not one of 0 to 5.
        case unknownProtocol(UInt8)
        /// The byte is no opcode that torch.save can write.
        case unknownOpcode
        /// The opcode takes more from the stack than there is.
        case stackUnderflow
        /// The opcode goes back to a mark, and there is none.
        case noMark
        /// The opcode gets a value that was never stored.
        case emptyMemoSlot(Int)
        /// The opcode takes another kind of value.
        case wrongType(expected: String, found: String)
        /// Keys and values do not come in pairs.
        case oddItems(count: Int)
        /// The digits of an integer are none.
        case malformedNumber
        /// A reference to something outside is not to a storage.
        case foreignReference
        /// A storage is of a class that nobody knows.
        case unknownStorageClass(String)
        /// A storage is a view of another, as old versions could write them.
        case storageView(key: String)
        /// A storage's size is negative or beyond 63 bits of bytes.
        case storageSize(key: String, elementCount: Int)
        /// Two references to a storage disagree about its type or size.
        case storageClash(StorageReference, StorageReference)
        /// A tensor is not made as its function takes it.
        case tensorArguments(function: String, problem: String)
        /// A tensor has a different number of sizes and strides.
        case tensorRank(size: Int, stride: Int)
        /// A tensor has more dimensions than the limit.
        case tensorDimensions(count: Int, limit: Int)
        /// A size, stride or offset is negative.
        case tensorNegative(what: String, value: Int)
        /// A tensor's number of bytes, or the place of its last element, is beyond 63 bits.
        case tensorOverflow(shape: [Int], strides: [Int], offset: Int)
        /// A tensor has another type than its storage, or none.
        case tensorType(type: String, storage: String)
        /// A tensor goes on after the end of its storage.
        case tensorBeyondStorage(shape: [Int], strides: [Int], offset: Int, storage: StorageReference)
    }

    /// What is wrong.
    let reason: Reason
    /// Where the opcode is, counted from the start of the pickle.
    let offset: Int
    /// The byte of the opcode, or nil where there is none.
    let opcode: UInt8?
}
