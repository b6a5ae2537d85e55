extension Sequence<Int> {
    /// The sum of numbers of which none is negative; `Int.max` where it would be more, as filesystems may claim any size.
    package var clampedSum: Int {
        reduce(0) { sum, number in
            let (next, overflows) = sum.addingReportingOverflow(Swift.max(0, number))
            return overflows ? .max : next
        }
    }
}
