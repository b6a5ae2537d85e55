/// One name and value of a JSON object.
package struct JSONMember: Sendable, Equatable {
    /// The member's name, unique in its object.
    package let key: String
    /// The member's value.
    package let value: JSONValue

    /// Pairs a name with a value.
    package init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}
