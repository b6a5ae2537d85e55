import SystemPackage

/// Who this daemon is, for reports.
struct DaemonIdentity: Sendable {
    let instance: String
    let startedAt: ContinuousClock.Instant
}
