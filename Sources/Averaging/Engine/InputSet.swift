import Checkpoints
import LinuxSystem
import SystemPackage

/// The members' files, mapped, and the proof that they stayed what they were.
struct InputSet: Sendable {
    private let inputs: [SpanPlan.Input]
    private let files: [File]
    private let mappings: [MappedFile]

    /// Opens and maps all inputs; throws `memberChanged` where one is no longer the version that was inspected.
    init(_ inputs: [SpanPlan.Input]) throws(AveragingError) {
        self.inputs = inputs
        var files: [File] = []
        var mappings: [MappedFile] = []
        for input in inputs {
            do {
                let file = try File.openForReading(input.path)
                try Self.requireUnchanged(file, input)
                let mapping = try MappedFile(file, byteCount: input.file.fingerprint.byteCount)
                mapping.advise(.sequential, offset: 0, count: input.file.fingerprint.byteCount)
                files.append(file)
                mappings.append(mapping)
            } catch {
                throw Self.averagingError(error, input)
            }
        }
        self.files = files
        self.mappings = mappings
    }

    /// The bytes of an input.
    func bytes(_ input: Int) -> UnsafeRawBufferPointer {
        mappings[input].bytes
    }

    /// Lets go of the pages of a range that was read, so that resident memory does not grow with the model.
    ///
    /// The page in which the range ends stays: the next range begins in it.
    func release(_ input: Int, _ range: Range<Int>) {
        let page = HostProcess.pageByteCount
        let start = range.lowerBound / page * page
        let isLast = range.upperBound == inputs[input].file.fingerprint.byteCount
        let end = isLast ? (range.upperBound + page - 1) / page * page : range.upperBound / page * page
        if start < end { mappings[input].advise(.dontNeed, offset: start, count: end - start) }
    }

    /// Throws `memberChanged` where an input was truncated, written to or replaced since it was inspected.
    func checkUnchanged() throws(AveragingError) {
        for (index, input) in inputs.enumerated() {
            do {
                try mappings[index].checkIntact()
                try Self.requireUnchanged(files[index], input)
            } catch {
                throw Self.averagingError(error, input)
            }
        }
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
