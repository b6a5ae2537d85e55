import ArgumentParser
import LinuxSystem
import SystemPackage

/// `LawaBench model`: writes the members that are to be averaged.
struct ModelCommand: ParsableCommand {
    /// How a member is laid out.
    enum Layout: String, CaseIterable, ExpressibleByArgument {
        /// A Llama in one file.
        case single
        /// A Llama in several files with an index.
        case sharded
        /// Many equal tensors in one file.
        case tiny
    }

    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Write checkpoints of random weights, each a little further than the one before."
    )

    @Option(help: "Directory for checkpoint-<step> directories; made when missing.")
    var output: String

    @Option(help: "Type of the elements: \(Element.allCases.map(\.rawValue).joined(separator: ", ")).")
    var element = Element.bf16

    @Option(help: "How a member is laid out: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")).")
    var layout = Layout.single

    @Option(help: "Bytes of one member, as near as the shapes of a Llama allow.")
    var bytes: Int

    @Option(help: "How many members.")
    var members = 5

    @Option(help: "Tensors of a tiny member.")
    var tensors = 1000

    @Option(help: "Files of a sharded member.")
    var shards = 4

    @Option(help: "How far each member is from the one before: the standard deviation of the difference.")
    var drift: Float = 0.001

    @Flag(help: "Leave the files holes, except for the header and the last mebibyte.")
    var sparse = false

    @Option(help: "Threads that write, each its own members.")
    var threads = 2

    mutating func validate() throws {
        guard bytes >= element.byteCount, bytes <= 1 << 44 else {
            throw ValidationError("--bytes must be \(element.byteCount) to 16 TiB")
        }
        guard members > 0, tensors > 0, shards > 0, threads > 0 else {
            throw ValidationError("--members, --tensors, --shards and --threads must be 1 or more")
        }
        guard members < 1000, tensors <= 1_000_000, shards < 1000 else {
            throw ValidationError("--members and --shards must be below 1000, --tensors at most 1000000")
        }
    }

    func run() throws {
        let writer = MemberWriter(
            output: HostProcess.absolute(FilePath(output)),
            plan: plan,
            element: element,
            weights: RandomWeights(seed: 1, drift: drift),
            isSparse: sparse
        )
        try Threads.run(threads) { thread in
            for member in stride(from: thread, to: members, by: threads) { try writer.write(member) }
        }
        try JSONOutput.print(
            Written(
                members: (0..<members).map { writer.directory(of: $0).string },
                files: (0..<members).map { writer.paths(of: $0).map(\.string) },
                parametersPerMember: writer.plan.elementCount,
                bytesPerMember: writer.plan.elementCount * element.byteCount
            )
        )
    }

    private var plan: ModelPlan {
        let count = bytes / element.byteCount
        return switch layout {
        case .single: .llama(elementCount: count, element: element, fileCount: 1)
        case .sharded: .llama(elementCount: count, element: element, fileCount: shards)
        case .tiny: .tiny(elementCount: count, tensorCount: tensors)
        }
    }

    private struct Written: Encodable {
        let members: [String]
        let files: [[String]]
        let parametersPerMember: Int
        let bytesPerMember: Int
    }
}
