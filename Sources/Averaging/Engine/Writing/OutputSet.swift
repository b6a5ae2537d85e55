import LinuxSystem
import SystemPackage

/// The files that a pass writes: for each weights of the plan one set of outputs.
struct OutputSet: Sendable {
    /// By weights, then by output of the plan.
    let files: [[OutputFile]]
    /// How many bytes of room they have for certain.
    var reservedByteCount: Int { files.joined().reduce(0) { $0 + $1.reservedByteCount } }

    /// Creates all outputs below one directory for each weights, and reserves their room.
    init(
        _ outputs: [SpanPlan.Output],
        in directories: [FilePath],
        access: AccessMethod
    ) throws(AveragingError) {
        do throws(SystemCallError) {
            var sets: [[OutputFile]] = []
            for directory in directories {
                var files: [OutputFile] = []
                for output in outputs {
                    let path = directory.appending(output.relativePath)
                    files.append(try OutputFile(path, byteCount: output.byteCount, access: access))
                }
                sets.append(files)
            }
            files = sets
        } catch {
            throw .system(error)
        }
    }

    /// Makes all outputs durable and checks their sizes.
    func synchronize(control: AveragingControl) throws(AveragingError) {
        try AveragingError.wrapping { () throws(SystemCallError) in
            for file in files.joined() {
                try file.synchronize()
                control.beat()
            }
        }
    }
}
