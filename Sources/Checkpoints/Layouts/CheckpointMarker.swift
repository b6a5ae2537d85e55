/// A file that a trainer writes last, so that its presence tells that a checkpoint is whole.
package struct CheckpointMarker: Hashable, Sendable {
    /// What the file must hold to count.
    package enum Content: Hashable, Sendable {
        /// One JSON object.
        case json
        /// At least one byte.
        case any
    }

    /// The relative path; for a candidate that is a file the name of one of its siblings.
    package let path: String
    /// What it must hold.
    package let content: Content

    /// Describes a marker.
    package init(_ path: String, content: Content) {
        self.path = path
        self.content = content
    }
}
