import ArgumentParser
import Averaging
import ControlProtocol

/// What an average by hand may take of the machine.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads that read, compute and write.", valueName: "n"))
    var threads = EngineLimits().threads

    @Option(
        help: ArgumentHelp(
            "How checkpoints are read: auto leaves the page cache as it is; mmap, direct and read force one way.",
            valueName: "mode"
        )
    )
    var io = EngineLimits.ReadMode.auto

    @Option(
        help: ArgumentHelp("Bytes read in a second at most, as in 200MiB.", valueName: "size"),
        transform: LimitOptions.rate
    )
    var readRate: Int?

    func validate() throws {
        guard (1...64).contains(threads) else {
            throw ValidationError("--threads \(threads) is not possible; give 1 to 64")
        }
    }

    /// The options as the engine takes them.
    var limits: EngineLimits { EngineLimits(threads: threads, io: io, readRate: readRate) }

    private static func rate(_ text: String) throws -> Int {
        guard let bytes = Quantity.bytes(text), bytes >= 1 << 20 else {
            throw ValidationError("\"\(text)\" is no read rate; give a size of at least 1MiB, as in 200MiB")
        }
        return bytes
    }
}

extension EngineLimits.ReadMode: ExpressibleByArgument {}
