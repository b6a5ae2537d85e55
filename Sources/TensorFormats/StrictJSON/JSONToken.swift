/// One step through a JSON text; commas and colons are checked by the tokenizer and never seen.
package enum JSONToken: Sendable, Equatable {
    /// `{`
    case beginObject
    /// `}`
    case endObject
    /// `[`
    case beginArray
    /// `]`
    case endArray
    /// The name of an object's member; its value comes next.
    case key(String)
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number written as an integer that `Int` holds exactly.
    case integer(Int)
    /// Any other number: one with a fraction or an exponent, minus zero, or an integer beyond `Int`.
    case number(Double)
    /// A string with its escapes resolved.
    case string(String)
    /// The end of the text, after exactly one value.
    case end
}
