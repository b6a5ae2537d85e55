/// Decides whether events can be relied on, by what looks find without having been told; pure.
///
/// A watch on a directory that another machine writes to is accepted and stays silent, so nothing but this tells.
struct EventTrust {
    /// What a look found that no event had told, once that has happened.
    private(set) var missed: String?

    /// Takes in one look.
    ///
    /// - Parameters:
    ///   - appeared: names of candidates that came since the look before, under a watch that was in place all the time.
    ///   - wasTold: whether anything happened between the two looks, as far as events tell.
    ///   - isTold: whether an event came on the heels of this look: what is found a moment before its event is not missed.
    mutating func looked(appeared: Set<String>, wasTold: Bool, isTold: Bool) {
        guard missed == nil, !wasTold, !isTold, let name = appeared.min() else { return }
        missed = name
    }
}
