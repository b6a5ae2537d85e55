import LinuxSystem

/// Brings the bytes that a worker is about to use within reach, in as few and as long runs as possible.
///
/// A run is read where it lies in the page cache, from a mapping, or else into the worker's own memory.
struct Gathering: ~Copyable {
    private struct Want {
        let input: Int
        let range: Range<Int>
        let slot: Int
    }

    private struct Run {
        let input: Int
        var range: Range<Int>
        var wants: Range<Int>
        var isMapped = false
    }

    private let inputs: InputSet
    private let pace: ReadPace
    private let control: AveragingControl
    private var wants: [Want] = []
    private var runs: [Run] = []
    private var isSorted = true
    private var places: [UnsafeRawPointer?] = []
    private var staging: StagingArea

    init(inputs: InputSet, pace: ReadPace, control: AveragingControl, staging: consuming StagingArea) {
        self.inputs = inputs
        self.pace = pace
        self.control = control
        self.staging = staging
    }

    /// Asks for a range of an input, to be found under a slot: a small number, used once.
    mutating func want(_ range: Range<Int>, of input: Int, slot: Int) {
        if let last = wants.last {
            isSorted = isSorted && (last.input, last.range.lowerBound) <= (input, range.lowerBound)
        }
        wants.append(Want(input: input, range: range, slot: slot))
    }

    /// Reads or maps all that was asked for; it stays within reach until `release`.
    mutating func gather() throws(AveragingError) {
        if !isSorted {
            wants.sort { ($0.input, $0.range.lowerBound) < ($1.input, $1.range.lowerBound) }
        }
        joinRuns()
        places = Array(repeating: nil, count: (wants.map(\.slot).max() ?? -1) + 1)
        for index in runs.indices {
            let byteCount = runs[index].wants.reduce(0) { $0 + wants[$1].range.count }
            pace.wait(for: byteCount, control: control)
            if control.isCancelled { throw .cancelled }
            let base = try bring(index)
            for want in runs[index].wants {
                places[wants[want].slot] = base + (wants[want].range.lowerBound - runs[index].range.lowerBound)
            }
        }
    }

    /// Where the range of a slot lies.
    func place(slot: Int) -> UnsafeRawPointer? {
        places[slot]
    }

    /// Lets go of everything.
    mutating func release() {
        for run in runs where run.isMapped { inputs.files[run.input].unmap(run.range) }
        staging.removeAll()
        runs.removeAll(keepingCapacity: true)
        wants.removeAll(keepingCapacity: true)
        isSorted = true
    }

    private mutating func bring(_ index: Int) throws(AveragingError) -> UnsafeRawPointer {
        let (file, range) = (inputs.files[runs[index].input], runs[index].range)
        if !file.isMapped(range), let room = try allocate(InputFile.room(for: range)) {
            return try file.read(range, into: room)
        }
        // Also what finds no room: ranges that lie so scattered that the gaps between them count.
        runs[index].isMapped = true
        return try file.map(range)
    }

    private mutating func allocate(_ count: Int) throws(AveragingError) -> UnsafeMutableRawBufferPointer? {
        do {
            return try staging.allocate(count)
        } catch {
            throw .system(error)
        }
    }

    /// Makes one run of ranges that touch, overlap, or leave less than a page between them.
    private mutating func joinRuns() {
        for (index, want) in wants.enumerated() {
            if let last = runs.last, last.input == want.input,
                want.range.lowerBound <= last.range.upperBound + File.directAlignment
            {
                let end = max(last.range.upperBound, want.range.upperBound)
                runs[runs.count - 1].range = last.range.lowerBound..<end
                runs[runs.count - 1].wants = last.wants.lowerBound..<(index + 1)
            } else {
                runs.append(Run(input: want.input, range: want.range, wants: index..<(index + 1)))
            }
        }
    }
}
