/// Counts with their noun.
enum Plural {
    /// `1 tensor`, `2 tensors`.
    static func tensors(_ count: Int) -> String { count == 1 ? "1 tensor" : "\(count) tensors" }
    /// `1 checkpoint`, `2 checkpoints`.
    static func checkpoints(_ count: Int) -> String { count == 1 ? "1 checkpoint" : "\(count) checkpoints" }
    /// `1 average`, `2 averages`.
    static func averages(_ count: Int) -> String { count == 1 ? "1 average" : "\(count) averages" }
}
