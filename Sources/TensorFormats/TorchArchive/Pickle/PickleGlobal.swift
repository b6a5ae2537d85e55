/// A class or function that a pickle names; it is never looked up.
struct PickleGlobal: Sendable, Equatable {
    /// The module, as the pickle spells it.
    let module: PickleSpan
    /// The name in the module.
    let name: PickleSpan
    /// What is known of it.
    let symbol: PickleSymbol
}
