package import Checkpoints

/// What an average was made of: the file `lawa.json` in a directory average, `<name>.lawa.json` beside a file.
///
/// Given the manifest and the members, the tensors are reproducible bit for bit. Times and machine are told for people
/// and change no tensor byte. JSON, snake_case, keys only ever added within a version.
package struct AverageManifest: Codable, Sendable, Equatable {
    /// A file and its content.
    package struct FileRecord: Codable, Sendable, Equatable {
        /// Path below the checkpoint; the file's name where the checkpoint is one file.
        package var path: String
        /// Size in bytes.
        package var size: Int
        /// Modification time in nanoseconds since 1970; absent for what the manifest itself goes with.
        package var mtimeNs: Int64?
        /// `crc64nvme:` and sixteen hexadecimal digits.
        package var checksum: String
    }

    /// A member of the window.
    package struct Member: Codable, Sendable, Equatable {
        package var name: String
        package var step: Int
        /// Where its trainer saved it.
        package var path: String
        package var coefficient: Double
        package var files: [FileRecord]
    }

    /// How many tensors were averaged, and how much they hold.
    package struct Averaged: Codable, Sendable, Equatable {
        package var count: Int
        package var elements: Int
        package var bytes: Int
    }

    /// A tensor that is as the newest member has it.
    package struct Copied: Codable, Sendable, Equatable {
        package var name: String
        package var reason: CopyReason
    }

    /// What was done with the tensors.
    package struct Tensors: Codable, Sendable, Equatable {
        package var averaged: Averaged
        package var copied: [Copied]
        /// What of the newest member holds numbers and is in no average; absent where nothing is.
        package var leftOut: [LeftOut]?
        /// What was asked for the running statistics of batch normalization; absent where the model has none.
        package var batchNorm: BatchNormStatistics?
    }

    /// How spread out the window is.
    package struct Diagnostics: Codable, Sendable, Equatable {
        /// 1 / sum of the squared coefficients.
        package var effectiveMembers: Double
        /// Mean distance from the newest member in steps, weighted by the coefficients.
        package var meanAgeSteps: Double
    }

    /// The version of this format that is written, and the only one that is read.
    package static let currentVersion = 1
    /// The file's name in a directory average.
    package static let fileName = AverageSign.fileName
    /// What follows the name of a single-file average.
    package static let fileSuffix = AverageSign.fileSuffix
    /// How numbers are rounded.
    package static let roundingRule =
        "exact mean of the members, rounded once to nearest, ties to even, in the tensor's own type"

    package var version: Int
    package var recipe: String
    package var window: String
    package var weighting: Weighting
    package var name: String
    package var step: Int
    /// Its number among the averages of its recipe in the order in which they were published, from 1 and always higher;
    /// absent where it was made by hand, and in manifests from before there were numbers.
    package var sequence: Int?
    package var members: [Member]
    package var tensors: Tensors
    package var rounding: String
    package var diagnostics: Diagnostics
    /// The format that it is written in; absent in manifests from before there was a choice.
    package var format: OutputFormat?
    /// The weight files of the average itself.
    package var files: [FileRecord]
    package var bytesRead: Int
    package var bytesWritten: Int
    package var seconds: Double
    /// When it was made, ISO 8601 in UTC.
    package var created: String
    package var program: String
}
