/// A checkpoint's config.json: the model, and the task it was trained on.
struct ModelConfiguration: Codable, Equatable {
    /// The class that would load it.
    var architectures = ["DemoNetwork"]
    /// The kind of model.
    var modelType = "lawa-demo"
    /// The network's widths.
    let widths: [Int]
    /// The stored element type, by its name in torch.
    let dtype: String
    /// What the model learns.
    let task: TeacherTask
}
