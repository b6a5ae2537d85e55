import ArgumentParser

/// The machine's side of the benchmarks: makes their inputs, and measures what needs no whole program.
///
/// `scripts/bench` runs it, and the programs it is compared with; every command prints one JSON object.
@main
struct LawaBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "LawaBench",
        abstract: "Make the inputs of the benchmarks and measure the machine's own limits.",
        subcommands: [
            ModelCommand.self,
            KernelsCommand.self,
            DirectReadCommand.self,
            ResidencyCommand.self,
            WarmCommand.self,
            EvictCommand.self,
        ]
    )
}
