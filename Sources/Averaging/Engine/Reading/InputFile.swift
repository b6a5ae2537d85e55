import Checkpoints
import LinuxSystem
import Synchronization

/// One file of a member: mapped where the page cache holds it, and read past the page cache where not.
final class InputFile: Sendable {
    private let input: SpanPlan.Input
    private let mode: EngineLimits.ReadMode
    private let file: File
    private let directFile: File?
    private let residency: Residency
    private let footprint: CacheFootprint
    private let method: Atomic<AccessMethod>
    private let witness: FileFingerprint

    /// Opens an input; throws `memberChanged` where it is no longer the version that was inspected.
    init(
        _ input: SpanPlan.Input,
        mode: EngineLimits.ReadMode,
        access: AccessMethod
    ) throws(AveragingError) {
        self.input = input
        self.mode = mode
        do {
            file = try File.openForReading(input.path)
            witness = FileFingerprint(try file.status())
            guard witness.isUnchanged(since: input.file.fingerprint) else {
                throw AveragingError.memberChanged(path: input.path)
            }
        } catch {
            throw Self.averagingError(error, input)
        }
        // What is cached is mapped where it lies; reading ahead would only bring in what a direct read then ignores.
        file.expectRandomAccess()
        residency = Residency(of: file, byteCount: input.byteCount)
        footprint = CacheFootprint(file, byteCount: input.byteCount, residency: residency)
        let wantsDirect = mode == .direct || mode == .auto && !residency.isCached(0..<input.byteCount)
        directFile = wantsDirect && access == .direct ? try? file.reopenForDirectReading() : nil
        method = Atomic(directFile == nil && access == .direct ? .uncached : access)
    }

    /// Whether a range is read where it lies in the page cache.
    func isMapped(_ range: Range<Int>) -> Bool {
        switch mode {
        case .mmap: true
        case .auto: residency.isCached(range)
        case .direct, .read: false
        }
    }

    /// Maps a range, and nothing beyond it: the kernel maps whole folios of megabytes where it may.
    ///
    /// What is cached is mapped as it is touched, many pages at a time, which costs less than asking for it beforehand.
    func map(_ range: Range<Int>) throws(AveragingError) -> MappedFile {
        do {
            let window = try MappedFile(file, offset: range.lowerBound, byteCount: range.count)
            if !residency.isCached(range) {
                window.advise(mode == .mmap ? .sequential : .random)
                window.advise(.populateRead)
            }
            return window
        } catch {
            throw Self.averagingError(error, input)
        }
    }

    /// Ends the use of a range that `map` gave; throws `memberChanged` where bytes of it were lost.
    func finish(_ window: MappedFile, _ range: Range<Int>) throws(AveragingError) {
        do {
            try window.checkIntact()
        } catch {
            throw Self.averagingError(error, input)
        }
        footprint.leave(range)
    }

    /// Room that `read` needs for a range.
    static func room(for range: Range<Int>) -> Int {
        aligned(range).count
    }

    /// Begins to read a range into aligned room for it; false where it is not read directly.
    func beginReading(
        _ range: Range<Int>,
        into room: UnsafeMutableRawBufferPointer,
        _ queue: inout DirectQueue,
        tag: Int
    ) -> Bool {
        guard let directFile, method.load(ordering: .relaxed) == .direct else { return false }
        let whole = Self.aligned(range)
        let target = UnsafeMutableRawBufferPointer(rebasing: room[..<whole.count])
        return queue.beginReading(directFile, at: whole.lowerBound, into: target, tag: tag)
    }

    /// Where a range begins in the room that so many bytes of it were read into; nil where some are missing.
    static func place(
        of range: Range<Int>,
        in room: UnsafeMutableRawBufferPointer,
        byteCount: Int
    ) -> UnsafeRawPointer? {
        let before = range.lowerBound - aligned(range).lowerBound
        return byteCount < before + range.count ? nil : room.baseAddress.map { UnsafeRawPointer($0 + before) }
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
                self.method.store(method.next, ordering: .relaxed)
            }
        }
    }

    private func fill(
        _ range: Range<Int>,
        _ room: UnsafeMutableRawBufferPointer,
        _ method: AccessMethod
    ) throws(SystemCallError) -> UnsafeRawPointer? {
        let target = UnsafeMutableRawBufferPointer(rebasing: room[..<range.count])
        let count: Int
        switch method {
        case .direct:
            let whole = Self.aligned(range)
            let count = try (directFile ?? file).readDirect(
                at: whole.lowerBound,
                into: UnsafeMutableRawBufferPointer(rebasing: room[..<whole.count]),
                needed: range.upperBound - whole.lowerBound
            )
            return Self.place(of: range, in: room, byteCount: count)
        case .uncached:
            count = try file.readUncached(at: range.lowerBound, into: target)
        case .buffered:
            count = try file.read(at: range.lowerBound, into: target)
            footprint.leave(range)
        }
        return count < range.count ? nil : target.baseAddress.map { UnsafeRawPointer($0) }
    }

    /// Throws `memberChanged` where the input was truncated, written to or replaced since it was opened.
    func checkUnchanged() throws(AveragingError) {
        do {
            guard try FileFingerprint(file.status()).isUnchanged(since: witness) else {
                throw AveragingError.memberChanged(path: input.path)
            }
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
