/// What becomes of the running statistics of batch normalization, which are floats but no weights.
///
/// Their mean over the window stands for no data that the averaged weights ever saw. The LAWA paper found the newest's
/// nearly as good as recomputing them over training data, which is best where accuracy counts.
package enum BatchNormStatistics: String, Sendable, CaseIterable, Codable {
    /// They are averaged like every float.
    case average
    /// They are the newest member's.
    case newest

    /// The names that PyTorch gives them in a module's state, after the module's own name.
    private static let names = ["running_mean", "running_var"]

    /// Whether a tensor of this name holds such statistics.
    static func hasName(_ name: String) -> Bool {
        names.contains { name == $0 || name.hasSuffix("." + $0) }
    }
}
