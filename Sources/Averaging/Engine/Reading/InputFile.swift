import Checkpoints
import LinuxSystem
import Synchronization

/// One file of a member: mapped, and read past the page cache where that does not hold it.
final class InputFile: Sendable {
    /// How bytes that are not to be mapped are read; a filesystem that refuses one is asked for the next.
    private enum Method: Int, AtomicRepresentable {
        case direct
        case uncached
        case buffered
    }

    private let input: SpanPlan.Input
    private let mode: EngineLimits.ReadMode
    private let file: File
    private let directFile: File?
    private let mapping: MappedFile
    private let residency: Residency
    private let footprint: CacheFootprint
    private let method: Atomic<Method>

    /// Opens and maps an input; throws `memberChanged` where it is no longer the version that was inspected.
    init(_ input: SpanPlan.Input, mode: EngineLimits.ReadMode, smallPages: Bool) throws(AveragingError) {
        self.input = input
        self.mode = mode
        do {
            file = try File.openForReading(input.path)
            try Self.requireUnchanged(file, input)
            mapping = try MappedFile(file, byteCount: input.byteCount)
        } catch {
            throw Self.averagingError(error, input)
        }
        // What is cached is mapped where it lies; reading ahead would only bring in what a direct read then ignores.
        file.expectRandomAccess()
        mapping.advise(mode == .mmap ? .sequential : .random, offset: 0, count: input.byteCount)
        if smallPages { mapping.advise(.smallPages, offset: 0, count: input.byteCount) }
        residency = Residency(of: file, mapping: mapping, byteCount: input.byteCount)
        footprint = CacheFootprint(file, byteCount: input.byteCount, residency: residency)
        let wantsDirect = mode == .direct || mode == .auto && !residency.isCached(0..<input.byteCount)
        directFile = wantsDirect ? try? file.reopenForDirectReading() : nil
        method = Atomic(directFile == nil ? .uncached : .direct)
    }

    /// Whether a range is read where it lies in the page cache.
    func isMapped(_ range: Range<Int>) -> Bool {
        switch mode {
        case .mmap: true
        case .auto: residency.isCached(range)
        case .direct, .read: false
        }
    }

    /// The bytes of a range from the mapping, brought in before the call returns.
    func map(_ range: Range<Int>) throws(AveragingError) -> UnsafeRawPointer {
        guard range.upperBound <= mapping.bytes.count, let base = mapping.bytes.baseAddress else {
            throw .memberChanged(path: input.path)
        }
        mapping.advise(.populateRead, offset: range.lowerBound, count: range.count)
        return base + range.lowerBound
    }

    /// Ends the use of a range that `map` gave.
    func unmap(_ range: Range<Int>) {
        mapping.release(offset: range.lowerBound, count: range.count)
        footprint.leave(range)
    }

    /// Room that `read` needs for a range.
    static func room(for range: Range<Int>) -> Int {
        aligned(range).count
    }

    /// Reads a range into aligned room for it, and returns where it begins.
    func read(_ range: Range<Int>, into room: UnsafeMutableRawBufferPointer) throws(AveragingError) -> UnsafeRawPointer
    {
        let place: UnsafeRawPointer?
        do {
            place = try fill(range, room)
        } catch {
            throw Self.averagingError(error, input)
        }
        guard let place else { throw .memberChanged(path: input.path) }
        return place
    }

    /// The bytes of a range, by the first method that the filesystem has; nil where the file ends before.
    private func fill(
        _ range: Range<Int>,
        _ room: UnsafeMutableRawBufferPointer
    ) throws(SystemCallError) -> UnsafeRawPointer? {
        while true {
            let method = residency.isCached(range) && mode == .read ? .buffered : method.load(ordering: .relaxed)
            do throws(SystemCallError) {
                return try fill(range, room, method)
            } catch {
                guard error.isUnsupported, method != .buffered else { throw error }
                self.method.store(method == .direct ? .uncached : .buffered, ordering: .relaxed)
            }
        }
    }

    private func fill(
        _ range: Range<Int>,
        _ room: UnsafeMutableRawBufferPointer,
        _ method: Method
    ) throws(SystemCallError) -> UnsafeRawPointer? {
        var target = UnsafeMutableRawBufferPointer(rebasing: room[..<range.count])
        var needed = range.count
        var count: Int
        switch method {
        case .direct:
            let whole = Self.aligned(range)
            needed = range.upperBound - whole.lowerBound
            target = UnsafeMutableRawBufferPointer(rebasing: room[..<whole.count])
            count = try (directFile ?? file).readDirect(at: whole.lowerBound, into: target, needed: needed)
        case .uncached:
            count = try file.readUncached(at: range.lowerBound, into: target)
        case .buffered:
            count = try file.read(at: range.lowerBound, into: target)
            footprint.leave(range)
        }
        return count < needed ? nil : target.baseAddress.map { UnsafeRawPointer($0 + (needed - range.count)) }
    }

    /// Throws `memberChanged` where the input was truncated, written to or replaced since it was inspected.
    func checkUnchanged() throws(AveragingError) {
        do {
            try mapping.checkIntact()
            try Self.requireUnchanged(file, input)
        } catch {
            throw Self.averagingError(error, input)
        }
    }

    /// Ends the reading: nothing that it brought into the page cache stays there.
    func finish() {
        footprint.leaveAll()
    }

    private static func aligned(_ range: Range<Int>) -> Range<Int> {
        let unit = File.directAlignment
        return (range.lowerBound / unit * unit)..<((range.upperBound + unit - 1) / unit * unit)
    }

    private static func requireUnchanged(_ file: File, _ input: SpanPlan.Input) throws {
        guard try FileFingerprint(file.status()) == input.file.fingerprint else {
            throw AveragingError.memberChanged(path: input.path)
        }
    }

    private static func averagingError(_ error: any Error, _ input: SpanPlan.Input) -> AveragingError {
        switch error {
        case let error as AveragingError: error
        case let error as SystemCallError where error.isNotFound: .memberChanged(path: input.path)
        case let error as SystemCallError: .system(error)
        case MappingError.truncated, is FileError: .memberChanged(path: input.path)
        default: .unreadable(problem: "\(error)")
        }
    }
}
