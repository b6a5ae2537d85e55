/// A series of single `.safetensors` files that differ in one number: `step_100.safetensors`,
/// `0000100_adapters.safetensors` (mlx-lm).
package struct SafetensorsSeriesLayout: NumberedSeriesLayout {
    package let name = "safetensors-series"
    package let summary = "single files with a step in the name, <name><step>.safetensors"
    package let suffixes = SeriesName.safetensorsSuffixes

    package init() {}
}
