/// How messages about a pass name what the engine knows by number.
package struct AveragingNames: Sendable {
    /// The name of each member, oldest first.
    package let members: [String]
    /// The name of the tensor with a number.
    package let tensor: @Sendable (Int) -> String

    package init(members: [String], tensor: @escaping @Sendable (Int) -> String) {
        self.members = members
        self.tensor = tensor
    }
}
