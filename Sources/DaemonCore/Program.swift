import Averaging

/// What this program is.
package enum Program {
    /// The version, as in the changelog.
    package static let version = LawaVersion.current
}
