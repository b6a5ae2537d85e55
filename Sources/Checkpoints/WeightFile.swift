import LinuxSystem
import SystemPackage
import TensorFormats

/// Reading of what a weight file says about itself.
enum WeightFile {
    /// What a file holds.
    struct Content {
        let description: WeightFileDescription
        let tensors: [TensorInfo]
        /// Where numbers lie that nothing vouches for: all zero, they never reached the disk.
        let payload: Range<Int>
    }

    /// How many pages of the payload are looked at for the sign of a file that was given its size before its bytes.
    private static let sampledPages = 64
    private static let pageByteCount = 4096

    /// The validated content of a weight file that nobody is writing any more, in whatever format it turns out to be.
    ///
    /// Throws `Incompleteness.settling` where the file is no longer the version that was listed: offsets of one version
    /// must never be taken for those of another.
    static func read(
        _ path: FilePath,
        of listed: CheckpointFile,
        model: [String]?,
        memory: ReaderMemory
    ) throws -> Content {
        let name = listed.relativePath
        let file = try File.openForReading(path)
        // First of all, because a file that is being written validates or not by chance.
        if file.isOpenForWriting() == true { throw Incompleteness.openForWriting(file: name) }
        let bytes = try FileBytes(file)
        guard bytes.byteCount <= SizeLimit.byteCount else {
            throw Incompleteness.tooLarge(file: name, byteCount: bytes.byteCount)
        }
        let content = try content(of: bytes, name: name, model: model, memory: memory)
        if try file.hasHoleAtEnd() { throw Incompleteness.zeroPayload(file: name) }
        if try !content.payload.isEmpty && isZero(file, payload: content.payload) {
            throw Incompleteness.zeroPayload(file: name)
        }
        guard try FileFingerprint(file.status()).isUnchanged(since: listed.fingerprint) else {
            throw Incompleteness.settling
        }
        return content
    }

    private static func content(
        of bytes: FileBytes,
        name: String,
        model: [String]?,
        memory: ReaderMemory
    ) throws -> Content {
        let content = try catalog(of: bytes, name: name, model: model, memory: memory)
        let scales = try AdapterScales.statements(in: content.tensors, of: bytes)
        guard !scales.isEmpty else { return content }
        return Content(
            description: content.description.with(settings: scales),
            tensors: content.tensors,
            payload: content.payload
        )
    }

    private static func catalog(
        of bytes: FileBytes,
        name: String,
        model: [String]?,
        memory: ReaderMemory
    ) throws -> Content {
        do {
            let prefix = try bytes.bytes(at: 0, count: min(bytes.byteCount, WeightFormat.prefixByteCount))
            switch try WeightFormat.sniff(prefix) {
            case .safetensors: return try SafetensorsWeights.read(bytes, prefix: prefix, memory: memory)
            case .torchZip, .torchLegacy: return try TorchWeights.read(bytes, model: model, memory: memory)
            }
        } catch let error as SafetensorsError {
            throw Incompleteness.invalidWeights(file: name, problem: "\(error)")
        } catch let error as ForeignFormat {
            throw Incompleteness.invalidWeights(file: name, problem: "it is a \(error)")
        } catch TorchError.model(let error) {
            throw Incompleteness.noModel(file: name, problem: "\(error)")
        } catch let error as MemoryShortage {
            throw Incompleteness.invalidWeights(file: name, problem: "\(error)")
        } catch let error as TorchError {
            throw Incompleteness.invalidWeights(file: name, problem: "\(error)")
        }
    }

    /// Whether all sampled pages of the payload are zero.
    private static func isZero(_ file: File, payload: Range<Int>) throws -> Bool {
        let pageCount = (payload.count + pageByteCount - 1) / pageByteCount
        let stride = max(1, pageCount / sampledPages)
        for page in Swift.stride(from: 0, to: pageCount, by: stride) {
            let offset = payload.lowerBound + page * pageByteCount
            let bytes = try file.readBytes(at: offset, count: min(pageByteCount, payload.upperBound - offset))
            if bytes.contains(where: { $0 != 0 }) { return false }
        }
        return true
    }
}
