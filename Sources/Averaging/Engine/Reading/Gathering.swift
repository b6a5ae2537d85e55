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
        /// What holds the bytes: a mapping, or room of this worker's.
        var window: MappedFile?
        var room: UnsafeMutableRawBufferPointer?
        var base: UnsafeRawPointer?
    }

    /// Reads that are under way at a time, of different members.
    private static let depth = 64

    private let inputs: InputSet
    private let pace: ReadPace
    private let control: AveragingControl
    private var wants: [Want] = []
    private var runs: [Run] = []
    private var isSorted = true
    private var places: [UnsafeRawPointer?] = []
    private var staging: StagingArea
    private var queue: DirectQueue?

    init(inputs: InputSet, pace: ReadPace, control: AveragingControl, staging: consuming StagingArea) {
        self.inputs = inputs
        self.pace = pace
        self.control = control
        self.staging = staging
        queue = DirectQueue(depth: Self.depth)
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
        do throws(AveragingError) {
            for index in runs.indices { try begin(index) }
        } catch {
            // Before anybody else gets the memory that these reads go to.
            while (try? queue?.next()) != nil {}
            throw error
        }
        try finishReading()
        for run in runs {
            guard let base = run.base else { continue }
            for want in run.wants {
                places[wants[want].slot] = base + (wants[want].range.lowerBound - run.range.lowerBound)
            }
        }
    }

    /// Where the range of a slot lies.
    func place(slot: Int) -> UnsafeRawPointer? {
        places[slot]
    }

    /// Lets go of everything; throws where bytes that were within reach may have been lost.
    mutating func release() throws(AveragingError) {
        for run in runs {
            if let window = run.window { try inputs.files[run.input].finish(window, run.range) }
        }
        staging.removeAll()
        runs.removeAll(keepingCapacity: true)
        wants.removeAll(keepingCapacity: true)
        isSorted = true
    }

    /// Maps a run, or reads it, or begins to.
    private mutating func begin(_ index: Int) throws(AveragingError) {
        let (file, range) = (inputs.files[runs[index].input], runs[index].range)
        pace.wait(for: runs[index].wants.reduce(0) { $0 + wants[$1].range.count }, control: control)
        if control.isCancelled { throw .cancelled }
        if !file.isMapped(range), let room = try allocate(InputFile.room(for: range)) {
            runs[index].room = room
            if beginReading(file, range, room, tag: index) { return }
            runs[index].base = try file.read(range, into: room)
            control.beat()
            return
        }
        // Also what finds no room: ranges that lie so scattered that the gaps between them count.
        let window = try file.map(range)
        runs[index].window = window
        runs[index].base = window.bytes.baseAddress
    }

    private mutating func beginReading(
        _ file: InputFile,
        _ range: Range<Int>,
        _ room: UnsafeMutableRawBufferPointer,
        tag: Int
    ) -> Bool {
        guard var taken = queue.take() else { return false }
        let isBegun = file.beginReading(range, into: room, &taken, tag: tag)
        queue = consume taken
        return isBegun
    }

    /// Waits for the reads that were begun; what came back short is read again, which tells why.
    private mutating func finishReading() throws(AveragingError) {
        while let read = try nextRead() {
            control.beat()
            guard let room = runs[read.tag].room else { continue }
            runs[read.tag].base = InputFile.place(of: runs[read.tag].range, in: room, byteCount: read.byteCount)
        }
        for index in runs.indices where runs[index].base == nil {
            guard let room = runs[index].room else { continue }
            runs[index].base = try inputs.files[runs[index].input].read(runs[index].range, into: room)
        }
    }

    private mutating func nextRead() throws(AveragingError) -> (tag: Int, byteCount: Int)? {
        try AveragingError.wrapping { () throws(SystemCallError) in try queue?.next() }
    }

    private mutating func allocate(_ count: Int) throws(AveragingError) -> UnsafeMutableRawBufferPointer? {
        try AveragingError.wrapping { () throws(SystemCallError) in try staging.allocate(count) }
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
