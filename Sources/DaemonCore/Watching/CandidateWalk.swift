import Averaging
import Checkpoints

/// The order in which candidates are looked into, and how far; pure.
///
/// They are walked twice from the newest back, by their steps and by when they were written, each time as far as windows
/// reach. In nearly every directory both are the same way; where a run went back to an earlier step, its newest
/// checkpoints are not those of the highest steps, and in a copied directory the times tell nothing.
struct CandidateWalk {
    /// A candidate and when its entry in the directory was last changed.
    struct Seen {
        let candidate: CheckpointCandidate
        /// Nanoseconds since 1970; for a directory, of the last file that came or went.
        let modified: Int64
    }

    fileprivate struct Way {
        let candidates: [CheckpointCandidate]
        var next = 0
        var horizon: Horizon
        var notWholeCount = 0
        /// How many whole ones are looked into at most.
        let wholeLimit: Int
        var wholeCount = 0
    }

    fileprivate enum Finding {
        case whole(Checkpoint)
        case notWhole
    }

    /// How many candidates that are not whole are looked into on each way; a directory full of something else must not be
    /// read from end to end.
    static let allowance = 64

    /// All candidates, newest step first.
    let candidates: [CheckpointCandidate]
    private var ways: [Way]
    private var found: [String: Finding] = [:]

    /// Prepares to walk through all candidates of a directory.
    init(_ seen: [Seen], recipes: [Recipe], context: LookContext) {
        // Places are sorted, not what is at them, which is large.
        let bySteps = seen.indices.sorted { Self.isNewer(seen[$0].candidate, seen[$1].candidate) }
        candidates = bySteps.map { seen[$0].candidate }
        // Where times are equal, the order of the steps stays.
        let byTime = bySteps.sorted { seen[$0].modified > seen[$1].modified }.map { seen[$0].candidate }
        ways = [candidates, byTime].enumerated().map { index, way in
            let horizon = Horizon(
                recipes: recipes,
                averages: context.averages,
                failures: context.failures,
                newest: way.first?.step
            )
            // A hand that touches an old checkpoint is no reason to look into all.
            let wholeLimit = index == 0 ? Int.max : horizon.count + Self.allowance
            return Way(candidates: way, horizon: horizon, wholeLimit: wholeLimit)
        }
    }

    /// The newest candidates by step and by time, which may be unfinished.
    var newest: [CheckpointCandidate] {
        var seen: Set<String> = []
        return ways.flatMap { $0.candidates.prefix(Self.allowance) }.filter { seen.insert($0.name).inserted }
    }

    /// The candidate to look into now; nil where windows reach no further.
    mutating func next() -> CheckpointCandidate? {
        for index in ways.indices {
            while let candidate = ways[index].current {
                guard let finding = found[candidate.name] else { return candidate }
                ways[index].pass(finding)
            }
        }
        return nil
    }

    /// Notes that the candidate is whole; one that is settling most likely is, and should it turn out not to be, the next
    /// look reaches further.
    mutating func passed(_ name: String, _ checkpoint: Checkpoint) {
        found[name] = .whole(checkpoint)
    }

    /// Notes that the candidate is not whole.
    mutating func passed(_ name: String) {
        found[name] = .notWhole
    }

    /// Whether a candidate was looked into.
    func isPassed(_ candidate: CheckpointCandidate) -> Bool {
        found[candidate.name] != nil
    }

    private static func isNewer(_ left: CheckpointCandidate, _ right: CheckpointCandidate) -> Bool {
        left.step == right.step ? left.name > right.name : left.step > right.step
    }
}

extension CandidateWalk.Way {
    fileprivate var current: CheckpointCandidate? {
        guard next < candidates.count, notWholeCount < CandidateWalk.allowance, wholeCount < wholeLimit else {
            return nil
        }
        let candidate = candidates[next]
        return horizon.isReached(at: candidate.step) ? nil : candidate
    }

    fileprivate mutating func pass(_ finding: CandidateWalk.Finding) {
        next += 1
        switch finding {
        case .whole(let checkpoint):
            horizon.passed(checkpoint)
            wholeCount += 1
        case .notWhole: notWholeCount += 1
        }
    }
}
