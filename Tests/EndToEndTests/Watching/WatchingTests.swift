import Testing

/// Whole programs on filesystems, with privileges or for minutes that an ordinary test run does not have.
///
/// `make test-watching` runs them and `make test` does not. What a machine lacks is skipped with the reason.
@Suite struct WatchingTests {}
