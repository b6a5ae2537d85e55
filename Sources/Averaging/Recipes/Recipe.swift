package import Checkpoints

/// What is averaged and when: the window, the weights in it, and which steps get an average.
package struct Recipe: Hashable, Sendable {
    /// The name of the directory that the averages go to.
    package let name: String
    /// Which checkpoints belong to the window of a newest one.
    package let window: WindowRule
    /// How much each member counts.
    package let weighting: Weighting
    /// The smallest number of members that is averaged.
    package let minimumMembers: Int
    /// Averages are this many steps apart at least; nil averages at every checkpoint.
    package let everySteps: Int?
    /// The first step that is averaged at; nil starts with the first full window.
    package let fromStep: Int?

    /// Describes a recipe; without `minimumMembers` a window by count waits until it is full.
    package init(
        name: String,
        window: WindowRule,
        weighting: Weighting = .uniform,
        minimumMembers: Int? = nil,
        everySteps: Int? = nil,
        fromStep: Int? = nil
    ) {
        self.name = name
        self.window = window
        self.weighting = weighting
        self.everySteps = everySteps
        self.fromStep = fromStep
        switch (minimumMembers, window) {
        case (let count?, _): self.minimumMembers = count
        case (nil, .last(let count)): self.minimumMembers = count
        case (nil, .steps): self.minimumMembers = 2
        }
    }

    /// The published default: LAWA over the five latest checkpoints.
    package static let lawa = Recipe(name: "lawa", window: .last(5))
}
