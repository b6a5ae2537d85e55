import LinuxSystem
import SystemPackage

/// The files that a pass writes, at their full size from the start.
struct OutputSet: Sendable {
    private let files: [File]
    private let outputs: [SpanPlan.Output]

    /// Creates all outputs and reserves their room, so that a full disk is found out before the work.
    init(_ outputs: [SpanPlan.Output], in directory: FilePath) throws(AveragingError) {
        self.outputs = outputs
        var files: [File] = []
        do throws(SystemCallError) {
            for output in outputs {
                let path = directory.appending(output.relativePath)
                try Publication.makeDirectories(path.removingLastComponent())
                let file = try File.create(path)
                try file.reserve(byteCount: output.byteCount)
                files.append(file)
            }
        } catch {
            throw .system(error)
        }
        self.files = files
    }

    /// Writes bytes at an offset of an output.
    func write(_ bytes: UnsafeRawBufferPointer, output: Int, at offset: Int) throws(SystemCallError) {
        try files[output].write(bytes, at: offset)
    }

    /// Makes all outputs durable and checks their sizes.
    func synchronize() throws(AveragingError) {
        do throws(SystemCallError) {
            for (file, output) in zip(files, outputs) {
                try file.synchronize()
                guard try file.status().size == output.byteCount else {
                    throw SystemCallError(
                        call: "write all of",
                        path: file.path,
                        errorNumber: SystemCallError.inputOutputError
                    )
                }
            }
        } catch {
            throw .system(error)
        }
    }
}
