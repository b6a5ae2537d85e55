/// The bytes that tensors are views of, which lie outside the pickle.
struct StorageReference: Sendable, Hashable {
    /// The name under which the archive holds the bytes; nobody has checked it.
    let key: String
    /// The type of the elements; nil for a storage without a type, whose elements are bytes.
    let elementType: TorchElementType?
    /// How many elements there are.
    let elementCount: Int

    /// The size in bytes, which ``PickleMachine`` has checked for overflow.
    var byteCount: Int { elementCount * (elementType?.byteCount ?? 1) }
}
