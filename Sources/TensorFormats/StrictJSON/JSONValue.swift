/// A JSON text as a tree, members in the order of the text.
package enum JSONValue: Sendable, Equatable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number written as an integer that `Int` holds exactly.
    case integer(Int)
    /// Any other number; an integer beyond `Int` is here too, rounded.
    case number(Double)
    /// A string with its escapes resolved.
    case string(String)
    /// The elements in order.
    case array([JSONValue])
    /// The members in order, no name twice.
    case object([JSONMember])
}

extension JSONValue {
    /// The value of an object's member; nil when there is none or this is no object. Linear in the members.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The truth value, if this is one.
    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The exact integer, if this is one.
    package var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }

    /// The number as floating point, rounded when it is an integer beyond 2^53.
    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The string, if this is one.
    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements, if this is an array.
    package var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    /// The members, if this is an object.
    package var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }
}
