import LinuxSystem
import TensorFormats

/// Why a candidate is not (yet) a checkpoint, in words that an operator can act on.
package enum Incompleteness: Error, Hashable, Sendable, CustomStringConvertible {
    /// The entry went away while it was looked at.
    case vanished
    /// The files changed a moment ago; they are looked at again once they have been quiet.
    case settling
    /// The file that the trainer writes last is not there yet.
    case missingMarker(file: String)
    /// The file that the trainer writes last is there but cannot be read as what it should be.
    case invalidMarker(file: String, problem: String)
    /// The trainer itself marked the checkpoint as unfinished.
    case markedIncomplete(file: String)
    /// No file with weights that this version reads.
    case noWeights(found: [String])
    /// A weight file does not validate.
    case invalidWeights(file: String, problem: String)
    /// The files claim to be larger than any machine can hold, from this one on.
    case tooLarge(file: String, byteCount: Int)
    /// A weight file is whole, but which of its tensors are the model is not to be told.
    case noModel(file: String, problem: String)
    /// The shard index does not validate.
    case invalidIndex(file: String, problem: String)
    /// A shard that the index names is not there.
    case missingShard(file: String, index: String)
    /// The index and a shard disagree about a tensor.
    case shardMismatch(tensor: String, file: String, index: String)
    /// The size is right but every sampled page is zero: the file was given its size before its bytes.
    case zeroPayload(file: String)
    /// Of files that belong together one was saved again, the other not yet.
    case partlySavedAgain(new: String, old: String)
    /// A process has the file open for writing.
    case openForWriting(file: String)
    /// Neither the name nor the content tells the training step.
    case noStep(file: String)
    /// It is an average that was put among the checkpoints it was made of, or would be a member of its successors.
    case average(manifest: String)
    /// A link leads out of the run to a file that whoever made the link may not read.
    case leavesRun(file: String, target: String)
    /// No average of it could have its name and a manifest beside it.
    case nameTooLong(byteCount: Int, limit: Int)
    /// The operating system refused a read.
    case unreadable(problem: String)

    /// Whether waiting may be all that is needed; otherwise somebody has to mend the files.
    package var isTransient: Bool {
        switch self {
        case .vanished, .settling, .missingMarker, .markedIncomplete, .missingShard, .zeroPayload,
            .partlySavedAgain, .openForWriting:
            true
        case .invalidMarker, .noWeights, .invalidWeights, .tooLarge, .noModel, .invalidIndex, .shardMismatch, .noStep,
            .average, .leavesRun, .nameTooLong, .unreadable:
            false
        }
    }

    /// The reason as a sentence without its full stop.
    package var description: String {
        switch self {
        case .vanished:
            "it was removed while it was looked at"
        case .settling:
            "its files changed a moment ago; waiting until they are quiet"
        case .missingMarker(let file):
            "\"\(file)\", which the trainer writes last, is not there yet"
        case .invalidMarker(let file, let problem):
            "\"\(file)\", which the trainer writes last, does not parse: \(problem)"
        case .markedIncomplete(let file):
            "the trainer marked it as unfinished with \"\(file)\""
        case .noWeights(let found) where found.isEmpty:
            "no file with weights is in it"
        case .noWeights(let found):
            "no file with weights that can be read is in it, only \(found.map { "\"\($0)\"" }.joined(separator: ", ")), "
                + "which this version does not read"
        case .invalidWeights(let file, let problem):
            "\"\(file)\" cannot be read as weights: \(problem)"
        case .tooLarge(let file, let byteCount):
            "\"\(file)\" has \(byteCount) bytes, the limit for all files of a checkpoint is \(SizeLimit.description)"
        case .noModel(let file, let problem):
            "no model is found in \"\(file)\": \(problem)"
        case .invalidIndex(let file, let problem):
            "the shard index \"\(file)\" is not valid: \(problem)"
        case .missingShard(let file, let index):
            "\"\(file)\", which \"\(index)\" names, is not there"
        case .shardMismatch(let tensor, let file, let index):
            "\"\(index)\" says that tensor \"\(tensor)\" is in \"\(file)\", but it is not"
        case .zeroPayload(let file):
            "\"\(file)\" has its full size but holds only zeros; it was given its size before its bytes"
        case .partlySavedAgain(let new, let old):
            "\"\(new)\" was saved again, but \"\(old)\" is still that of the save before"
        case .openForWriting(let file):
            "a process still has \"\(file)\" open for writing"
        case .noStep(let file):
            "nothing in \"\(file)\" tells the training step, and neither does its name; save it under a name with the step"
        case .average(let manifest):
            "it is an average made by lawa, as \"\(manifest)\" tells, not a checkpoint of a trainer"
        case .leavesRun(let file, let target):
            "\"\(file)\" is a link to \"\(target)\", outside the run, which belongs to another user than the link; this process "
                + "may read everything and follows no such link: put the file itself there"
        case .nameTooLong(let byteCount, let limit):
            "its name has \(byteCount) bytes, and a name of more than \(limit) leaves no room for the name of its average's "
                + "manifest: save under shorter names"
        case .unreadable(let problem):
            problem
        }
    }
}

extension Incompleteness {
    /// The reason that an error amounts to while a candidate is looked at: what is gone was removed under the hand.
    init(causedBy error: any Error) {
        switch error {
        case let reason as Incompleteness: self = reason
        case let error as SystemCallError where error.isNotFound: self = .vanished
        default: self = .unreadable(problem: "\(error)")
        }
    }
}
