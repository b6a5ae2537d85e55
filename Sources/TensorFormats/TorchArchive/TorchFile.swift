/// A file of torch.save: what its objects are and where the bytes of its tensors lie.
///
/// Nothing in the file is imported or called, and no payload is read. A file that is read without an error has all its
/// bytes where it says; whether they are the right ones only the ``seals`` tell.
package struct TorchFile: Sendable {
    /// How objects and tensors are put into one file.
    package enum Container: String, Sendable {
        /// As records of a zip archive, since torch 1.6.
        case zip
        /// One after the other.
        case legacy
    }

    /// How objects and tensors are put into one file.
    package let container: Container
    /// The size of the whole file.
    package let byteCount: Int
    /// Every checksum that the file has, in the order of the bytes that they cover.
    package let seals: [ByteSeal]
    /// The size of all tensors' storages together, in bytes, whether of the model or not.
    package let storageByteCount: Int
    /// The number of optimizer steps, or of epochs, that the file says were taken; nil if it does not.
    package let step: Int?
    /// The objects.
    let graph: PickleGraph
    /// Where the storages of the graph lie in the file, in the same order.
    let storages: [Range<Int>]

    /// Reads and checks all of a file but the tensors' bytes.
    ///
    /// - Parameter memory: What the reader may take.
    /// - Throws: ``TorchError``, ``MemoryShortage``, or what the source throws.
    package init(reading source: some ByteSource, memory: ReaderMemory = .unlimited) throws {
        let prefix = try source.bytes(at: 0, count: min(source.byteCount, WeightFormat.prefixByteCount))
        let format: WeightFormat
        do { format = try WeightFormat.sniff(prefix) } catch { throw TorchError.foreignFormat(error) }
        switch format {
        case .safetensors: throw TorchError.notTorch
        case .torchZip: try self.init(TorchZipReader(source, memory: memory).read(), .zip, byteCount: source.byteCount)
        case .torchLegacy:
            try self.init(TorchLegacyReader(source, memory: memory).read(), .legacy, byteCount: source.byteCount)
        }
    }

    private init(_ contents: TorchContents, _ container: Container, byteCount: Int) {
        self.container = container
        self.byteCount = byteCount
        self.seals = contents.seals
        self.storageByteCount = contents.storageByteCount
        self.step = contents.graph.step
        self.graph = contents.graph
        self.storages = contents.storages
    }

    /// Finds the model among the objects.
    ///
    /// - Parameter paths: the keys that lead to each part of the model, or nil to look for them.
    package func model(at paths: [[String]]? = nil) throws(TorchError) -> TorchModel {
        let choice: ModelChoice
        do { choice = try ModelFinder.find(in: graph, at: paths) } catch { throw .model(error) }
        let tensors = choice.tensors.map { tensor in
            TensorInfo(graph.tensors[tensor.index], name: tensor.name, isPart: tensor.isPart, storages: storages)
        }
        return TorchModel(paths: choice.paths, reason: choice.reason, others: choice.others, tensors: tensors)
    }
}

extension TensorInfo {
    /// A tensor of the pickle at its place in the file.
    ///
    /// The pickle was checked to keep its tensors within their storages, and these to be of the size that it says.
    init(_ tensor: TensorReference, name: String, isPart: Bool, storages: [Range<Int>]) {
        let storage = storages[tensor.storage]
        let bytes = tensor.byteRange
        self.init(
            name: name,
            elementType: tensor.elementType.elementType,
            shape: tensor.shape,
            byteRange: storage.lowerBound + bytes.lowerBound..<storage.lowerBound + bytes.upperBound,
            strides: tensor.isRowMajor ? nil : tensor.strides,
            isOpaque: tensor.isOpaque || isPart
        )
    }
}
