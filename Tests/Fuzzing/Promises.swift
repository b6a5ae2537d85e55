/// What the readers promise of whatever they accept, and of how they refuse; a broken promise ends the process.
enum Promises {
    private static let limits = PickleLimits()

    /// Reads a file of torch.save and looks for models in it.
    static func checkTorchFile(_ bytes: [UInt8]) {
        let source = FileInMemory(bytes)
        guard let file = attempt({ try TorchFile(reading: source) }) else { return }
        precondition(source.readByteCount <= 4 * bytes.count + 4096, "the file was read again and again")
        precondition(file.byteCount == bytes.count, "a file of another size")
        precondition((0...bytes.count).contains(file.storageByteCount), "storages larger than the file")
        check(file.seals, of: bytes)
        check(file.graph)
        precondition(file.storages.count == file.graph.storages.count, "storages of another pickle")
        for (range, storage) in zip(file.storages, file.graph.storages) {
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a storage beyond the end")
            precondition(range.count == storage.byteCount, "a storage of another size")
        }
        let storages = Set(file.storages.filter { !$0.isEmpty }).sorted { $0.lowerBound < $1.lowerBound }
        precondition(zip(storages, storages.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "an overlap")
        var paths: [[[String]]?] = [nil, [[]], [["model"]], [["state_dict"], ["0"]], [["model", "ema"]]]
        if let found = attempt({ try file.model() }) {
            paths.append(found.paths)
            paths += found.others.prefix(4).map { [ModelPath.path($0.path)] }
        }
        for path in paths {
            guard let model = attempt({ try file.model(at: path) }) else { continue }
            check(model, in: file, asked: path)
        }
    }

    /// Runs a pickle and looks for models in it.
    static func checkPickle(_ bytes: [UInt8]) {
        guard let (graph, byteCount) = attempt({ try PickleMachine.run(bytes, limits: limits) }) else { return }
        precondition((1...bytes.count).contains(byteCount) && bytes[byteCount - 1] == 0x2E, "a pickle ends elsewhere")
        check(graph)
        for path in [nil, [[]], [["model"], ["ema"]]] as [[[String]]?] {
            guard let choice = attempt({ try ModelFinder.find(in: graph, at: path) }) else { continue }
            precondition(choice.tensors.allSatisfy { graph.tensors.indices.contains($0.index) }, "no such tensor")
            precondition(Set(choice.tensors.map(\.name)).count == choice.tensors.count, "a name twice")
        }
    }

    /// Reads a safetensors header and writes it again.
    static func checkSafetensors(_ bytes: [UInt8]) {
        let prefix = bytes.prefix(SafetensorsHeader.prefixByteCount)
        guard
            let count = attempt({ try SafetensorsHeader.headerByteCount(prefix: prefix, fileByteCount: bytes.count) }),
            let header = attempt({ try SafetensorsHeader(parsing: Array(bytes[..<count]), fileByteCount: bytes.count) })
        else { return }
        precondition(header.headerByteCount == count && header.fileByteCount == bytes.count, "another file")
        var end = count
        for tensor in header.tensors {
            check(tensor, within: bytes.count)
            precondition(tensor.strides == nil && !tensor.isOpaque, "a safetensors tensor with strides")
            precondition(tensor.byteRange.lowerBound == end, "a gap or an overlap")
            end = tensor.byteRange.upperBound
        }
        precondition(end == bytes.count, "bytes behind the last tensor")
        checkEncoding(of: header)
    }

    /// Reads a text as an index of shards and as any JSON.
    static func checkJSON(_ bytes: [UInt8]) {
        if let index = attempt({ try ShardIndex(parsing: bytes) }) {
            precondition(!index.weightMap.isEmpty && Set(index.weightMap.values) == Set(index.files), "other files")
            precondition(index.files.allSatisfy { !$0.isEmpty && !$0.contains("/") && $0 != ".." }, "an unsafe name")
            precondition(index.totalSize ?? 0 >= 0, "a negative size")
        }
        for options in [JSONOptions(), JSONOptions(maximumDepth: 512, allowsNonFinite: true)] {
            _ = attempt { try JSONValue.parse(bytes, options: options) }
        }
    }

    /// Computes a checksum at once and in parts.
    static func checkChecksum(_ bytes: [UInt8]) {
        let cut = bytes.count / 3
        let parts = ZipChecksum(of: Array(bytes[..<cut])).appending(ZipChecksum(of: Array(bytes[cut...])))
        precondition(parts == ZipChecksum(of: bytes), "a checksum in parts is another one")
    }

    private static func checkEncoding(of header: SafetensorsHeader) {
        guard let bytes = attempt({ try header.encoded(metadata: header.metadata) }) else { return }
        let dataByteCount = header.fileByteCount - header.headerByteCount
        let again = attempt { try SafetensorsHeader(parsing: bytes, fileByteCount: bytes.count + dataByteCount) }
        guard let again else { preconditionFailure("what is written is not read") }
        precondition(again.metadata.elementsEqual(header.metadata, by: ==), "other metadata")
        let shift = again.headerByteCount - header.headerByteCount
        let isSame = again.tensors.elementsEqual(header.tensors) { new, old in
            new.name == old.name && new.elementType == old.elementType && new.shape == old.shape
                && new.byteRange.lowerBound == old.byteRange.lowerBound + shift
        }
        precondition(isSame, "other tensors")
    }
}

extension Promises {
    /// What a call returns, or nil where it throws an error whose text is fit for a log.
    private static func attempt<Result>(_ call: () throws -> Result) -> Result? {
        do {
            return try call()
        } catch {
            let text = "\(error)"
            precondition(!text.isEmpty && text.utf8.count <= 32 << 10, "an error without a text, or an endless one")
            precondition(!text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "a forged line")
            return nil
        }
    }

    private static func check(_ model: TorchModel, in file: TorchFile, asked paths: [[String]]?) {
        precondition(paths == nil || paths == model.paths, "a model at another path")
        precondition(!model.tensors.isEmpty && !model.reason.isEmpty, "a model of nothing")
        precondition(Set(model.tensors.map(\.name)).count == model.tensors.count, "a name twice")
        precondition(model.others.allSatisfy { $0.description.utf8.count <= 8 << 10 }, "an endless line")
        precondition(model.others.count <= 101, "endless lines")
        var room = 1 << 50
        for tensor in model.tensors {
            check(tensor, within: file.byteCount)
            room -= max(tensor.byteRange.count, tensor.elementCount * tensor.elementType.bitCount / 8)
            precondition(room >= 0, "tensors beyond every sum")
            let isInStorage = file.storages.contains {
                $0.lowerBound <= tensor.byteRange.lowerBound && tensor.byteRange.upperBound <= $0.upperBound
            }
            precondition(isInStorage, "a tensor outside of every storage")
        }
    }

    /// Everything behind the readers relies on this: no tensor reaches beyond the file or its own range.
    private static func check(_ tensor: TensorInfo, within byteCount: Int) {
        let range = tensor.byteRange
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a tensor beyond the end")
        precondition(tensor.shape.count <= SafetensorsHeader.maximumRank, "a tensor of too many dimensions")
        precondition(tensor.shape.allSatisfy { $0 >= 0 }, "a negative size")
        guard tensor.elementCount > 0 else {
            precondition(range.isEmpty && tensor.strides == nil, "an empty tensor with bytes")
            return
        }
        guard let strides = tensor.strides else {
            precondition(range.count * 8 == tensor.elementCount * tensor.elementType.bitCount, "another size")
            return
        }
        precondition(strides.count == tensor.shape.count && strides.allSatisfy { $0 >= 0 }, "strides of another rank")
        let last = zip(tensor.shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        precondition((last + 1) * tensor.elementType.bitCount / 8 == range.count, "a range that is no hull")
    }

    private static func check(_ seals: [ByteSeal], of bytes: [UInt8]) {
        var end = 0
        for seal in seals {
            precondition(seal.range.lowerBound >= end && seal.range.upperBound <= bytes.count, "a seal out of order")
            precondition(!seal.range.isEmpty && !seal.places.isEmpty, "a seal of nothing")
            end = seal.range.upperBound
        }
        // Each place lies between two ranges, so that to write a checksum makes no other one untrue.
        for (place, seal) in seals.flatMap({ seal in seal.places.map { ($0, seal) } }) {
            precondition(place >= 0 && place <= bytes.count - 4, "a seal's place beyond the end")
            let checksum = bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
            precondition(checksum == seal.checksum, "another checksum in its place")
        }
        let places = seals.flatMap(\.places).sorted()
        var next = 0
        for seal in seals {
            while next < places.count, places[next] + 4 <= seal.range.lowerBound { next += 1 }
            precondition(next == places.count || places[next] >= seal.range.upperBound, "a seal within a sealed range")
        }
        precondition(zip(places, places.dropFirst()).allSatisfy { $0 + 4 <= $1 }, "seals at one place")
    }

    private static func check(_ graph: PickleGraph) {
        _ = graph.step
        // Dicts and tuples of one list, and an array that grows by half, take a few times the values.
        precondition(graph.arena.nodeCount <= 8 * graph.bytes.count + 64, "an arena out of proportion")
        check(graph.root, of: graph)
        for container in 0..<graph.arena.containerCount {
            for value in graph.arena.values(of: container) { check(value, of: graph) }
        }
        for object in graph.objects {
            for value in [object.callee, object.arguments, object.state] { check(value, of: graph) }
        }
        for tensor in graph.tensors {
            let range = tensor.byteRange
            let storage = graph.storages[tensor.storage]
            precondition(range.lowerBound >= 0 && range.upperBound <= storage.byteCount, "a tensor beyond its storage")
        }
    }

    private static func check(_ value: PickleValue, of graph: PickleGraph) {
        let isThere =
            switch value {
            case .none, .bool, .int, .float: true
            case .text(let span), .bytes(let span), .bigInteger(let span): span.range.upperBound <= graph.bytes.count
            case .global(let index): graph.globals.indices.contains(index)
            case .list(let index), .tuple(let index), .dict(let index), .set(let index):
                (0..<graph.arena.containerCount).contains(index)
            case .opaque(let index): graph.objects.indices.contains(index)
            case .storage(let index): graph.storages.indices.contains(index)
            case .tensor(let index): graph.tensors.indices.contains(index)
            }
        precondition(isThere, "a value that refers to nothing")
    }
}
