/// A value that only the code it was saved with could make: the call is kept, and nothing is called.
struct PickleObject: Sendable {
    /// The class or function.
    let callee: PickleValue
    /// The call's arguments, mostly a tuple.
    let arguments: PickleValue
    /// The state that the object was given: mostly a dict of attributes, or a tuple of that and a dict of slots.
    var state = PickleValue.none
    /// The container of the keys and values that it was given as a kind of dict, or nil.
    var items: Int?
    /// The container of the elements that it was given as a kind of list or set, or nil.
    var elements: Int?
}
