import LinuxSystem
package import SystemPackage

/// The room that an average takes on a filesystem, and the room that it leaves to others.
package struct SpaceBudget: Sendable {
    private let path: FilePath
    private let needed: Int
    private let reserve: Int

    /// The budget of a plan that is carried out below `path`, an existing directory, where `reserve` bytes stay free.
    package init(for plan: AveragingPlan, format: OutputFormat = .same, at path: FilePath, reserve: Int) {
        self.init(path: path, needed: Self.byteCount(of: plan, format), reserve: reserve)
    }

    /// A budget of so many bytes.
    init(path: FilePath, needed: Int, reserve: Int) {
        self.path = path
        self.needed = needed
        self.reserve = reserve
    }

    /// Throws `notEnoughSpace` where the average would leave less than the reserve.
    ///
    /// - Parameter taken: how much of its room the average has already; before it begins, nothing.
    package func requireRoom(taken: Int = 0) throws(AveragingError) {
        let available = try AveragingError.wrapping { () throws(SystemCallError) in
            try FileSystem.space(at: path).available
        }
        guard available - (needed - taken) >= reserve else {
            throw .notEnoughSpace(path: path, needed: needed, reserve: reserve, available: available + taken)
        }
    }

    /// Turns a refusal for want of space into `notEnoughSpace`; any other error stays.
    ///
    /// It is asked once the half-made average is removed, so that what is available counts for the next try.
    package func explain(_ error: AveragingError) -> AveragingError {
        guard case .system(let refusal) = error, refusal.isOutOfSpace,
            let available = try? FileSystem.space(at: path).available
        else { return error }
        return .notEnoughSpace(path: path, needed: needed, reserve: reserve, available: available, refusal: refusal)
    }

    // An export lies beside what it is made from, one file at a time.
    private static func byteCount(of plan: AveragingPlan, _ format: OutputFormat) -> Int {
        let isExported = format == .safetensors && SafetensorsExport.isNeeded(for: plan.newest)
        let largest = plan.spans.outputs.map(\.byteCount).max() ?? 0
        return plan.bytesToWrite + (isExported ? largest : 0)
    }
}
