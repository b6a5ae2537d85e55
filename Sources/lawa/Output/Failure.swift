import Averaging
import Checkpoints
import ControlProtocol
import LinuxSystem
import SystemPackage

/// Why a verb could not do what it was asked, as a person is told, and the exit code that goes with it.
struct Failure: Error, Equatable {
    /// What a script gets.
    let status: Status
    /// What, which path, why, and what to do; without a full stop.
    let message: String
    /// Further lines, one for each of several causes.
    let details: [String]

    /// Describes a failure.
    init(_ status: Status, _ message: String, details: [String] = []) {
        self.status = status
        self.message = message
        self.details = details
    }

    /// The failure that an error of a lower layer amounts to.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ControlClientError: self.init(error.isUnreachable ? .unreachable : .failed, "\(error)")
        case let refusal as PlanRefusal: self.init(.badInput, "no average can be made: \(refusal)")
        default: self.init(.failed, "\(error)")
        }
    }

    /// What a checkpoint that cannot be opened amounts to.
    init(opening path: FilePath, _ error: any Error) {
        switch error {
        case let reason as Incompleteness where reason.isTransient:
            self.init(
                .notYet,
                "\"\(path)\" is not complete: \(reason); try again once it is, or leave it out"
            )
        case Incompleteness.noWeights:
            self.init(
                .badInput,
                "cannot open \"\(path)\": \(error); name checkpoints with weights in .safetensors files or files of torch.save"
            )
        case Incompleteness.noModel, Incompleteness.noStep:
            self.init(.badInput, "cannot use \"\(path)\": \(error)")
        case is Incompleteness:
            self.init(.badInput, "cannot open \"\(path)\": \(error); leave it out, or copy or save it again")
        case let error as SystemCallError where error.isNotFound:
            self.init(.badInput, "\(error); check the path of the checkpoint")
        default:
            self.init(.badInput, "\(error)")
        }
    }

    /// What an average that failed amounts to; `output` is where it was to be.
    init(averaging error: AveragingError, output: FilePath) {
        switch error {
        case .cancelled:
            self.init(.failed, "the average was stopped; nothing was written to \"\(output)\"")
        case .memberChanged(let path):
            self.init(
                .notYet,
                "\"\(path)\" changed while it was read; nothing was written; "
                    + "try again once the trainer has finished saving it, or leave it out"
            )
        case .nonFinite, .damaged, .unreadable:
            self.init(.badInput, "no average can be made: \(error)")
        case .notEnoughSpace:
            self.init(.cannotWrite, "\(error)")
        case .system(let cause):
            self.init(writing: output, cause)
        }
    }

    /// What a refusal of the system amounts to while an output is written; reading may have been what was refused.
    init(writing output: FilePath, _ error: any Error) {
        guard let error = error as? SystemCallError else {
            self.init(error)
            return
        }
        let parent = output.removingLastComponent()
        let isOutput = [error.path, error.destination].contains { $0?.starts(with: parent) == true }
        let isRefused = error.isPermissionDenied || error.isAlreadyPresent || error.isNotFound
        let status: Status = error.isOutOfSpace || error.isReadOnly || (isOutput && isRefused) ? .cannotWrite : .failed
        self.init(status, "cannot write \"\(output)\": \(error)")
    }
}

extension ControlClientError {
    /// Whether there was nobody to talk to.
    fileprivate var isUnreachable: Bool {
        switch self {
        case .unreachable, .denied, .distrusted: true
        case .refused, .malformed: false
        }
    }
}
