/// How surely the entries of a directory belong to a layout.
package enum LayoutFit: Comparable, Sendable {
    /// They do not.
    case none
    /// They are a series of numbered files, as any program may write it.
    case generic
    /// They are named as this trainer names them.
    case named
    /// What lies inside them is this trainer's.
    case certain
}
