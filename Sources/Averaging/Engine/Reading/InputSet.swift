/// The members' files, open, and the proof that they stayed what they were.
struct InputSet: Sendable {
    /// One for each input of the plan.
    let files: [InputFile]

    /// Opens all inputs; throws `memberChanged` where one is no longer the version that was inspected.
    init(_ inputs: [SpanPlan.Input], limits: EngineLimits, access: AccessMethod) throws(AveragingError) {
        var files: [InputFile] = []
        for input in inputs {
            files.append(try InputFile(input, mode: limits.io, access: access))
        }
        self.files = files
    }

    /// Throws `memberChanged` where an input was truncated, written to or replaced since it was inspected.
    func checkUnchanged() throws(AveragingError) {
        for file in files { try file.checkUnchanged() }
    }

    /// Ends the reading: nothing that it brought into the page cache stays there.
    func finish() {
        for file in files { file.finish() }
    }
}
