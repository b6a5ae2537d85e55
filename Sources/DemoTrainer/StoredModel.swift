import LinuxSystem
import SystemPackage

/// A model read back from a directory that holds config.json and model.safetensors.
struct StoredModel {
    /// What config.json says.
    let configuration: ModelConfiguration
    /// The weights.
    let network: Network

    /// Reads the model in `directory`, a checkpoint or an average alike.
    init(directory: FilePath) throws {
        let configurationPath = directory.appending("config.json")
        let weightsPath = directory.appending("model.safetensors")
        do {
            configuration = try JSONText.decode(
                ModelConfiguration.self,
                from: try Self.contents(of: configurationPath)
            )
        } catch {
            throw DemoError("cannot read \"\(configurationPath)\": \(error); is this a checkpoint of the demo?")
        }
        do {
            network = try WeightsFile.decode(
                try Self.contents(of: weightsPath),
                widths: configuration.widths
            )
        } catch {
            throw DemoError("cannot read \"\(weightsPath)\": \(error); is this a checkpoint of the demo?")
        }
    }

    /// The loss on the examples that training never saw.
    func heldOutLoss() throws -> Double {
        guard let teacher = configuration.task.teacher else {
            throw DemoError("the teacher's widths \(configuration.task.teacherWidths) make no network; train again")
        }
        return network.loss(on: configuration.task.heldOut(teacher: teacher))
    }

    private static func contents(of path: FilePath) throws -> [UInt8] {
        let file = try File.openForReading(path)
        return try file.readBytes(at: 0, count: try file.status().size)
    }
}
