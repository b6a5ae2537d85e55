import ArgumentParser
import SystemPackage

/// `LawaBench kernels`: what the arithmetic costs on data that is in memory.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time reading mapped members and taking their mean, with every instruction set, on one core."
    )

    @Option(help: "Type of the elements: \(Element.allCases.map(\.rawValue).joined(separator: ", ")).")
    var element = Element.bf16

    @Option(help: "Rounds; each runs every loop once, the first of them is not counted.")
    var rounds = 9

    @Option(
        help: "Where the files are mapped: \(MappedMembers.Placement.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var placement = MappedMembers.Placement.staggered

    @Argument(help: "The members' weight files, one each, oldest first.")
    var files: [String]

    mutating func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be 1 or more") }
    }

    func run() throws {
        let paths = files.map { FilePath($0) }
        let members = try MappedMembers(paths, element: element, placement: placement)
        let buffer = KernelTrial.allocateBuffer()
        defer { buffer.deallocate() }
        let trials = KernelLevel.available.flatMap { level in
            [KernelTrial(work: .read, level: level), KernelTrial(work: .mean, level: level)]
        }
        var seconds = [[Double]](repeating: [], count: trials.count)
        for round in 0...rounds {
            try members.populate()
            for index in trials.indices {
                let time = trials[index].run(members, element: element, into: buffer)
                if round > 0 { seconds[index].append(time) }
            }
        }
        try JSONOutput.print(
            Figures(
                element: element.rawValue,
                placement: placement.rawValue,
                members: files.count,
                bytes: members.byteCount * files.count,
                trials: zip(trials, seconds).map { trial, seconds in
                    Figures.Trial(work: trial.work.rawValue, level: trial.level.name, seconds: seconds)
                }
            )
        )
    }

    private struct Figures: Encodable {
        struct Trial: Encodable {
            let work: String
            let level: String
            let seconds: [Double]
        }

        let element: String
        let placement: String
        let members: Int
        let bytes: Int
        let trials: [Trial]
    }
}
