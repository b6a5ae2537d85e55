/// The version of this program.
package enum LawaVersion {
    /// The version, as in the changelog.
    package static let current = "0.1.0"
}
