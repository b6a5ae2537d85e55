/// A series of single files of `torch.save` that differ in one number, as training loops of one's own write them:
/// `model_epoch_3.pth`, `step-1000.pt`, `03-1000.ckpt` (Lightning without the names of its metrics).
package struct TorchSeriesLayout: NumberedSeriesLayout {
    package let name = "torch-series"
    package let summary = "single files with a step in the name, <name><step>.pt, .pth, .ckpt, .bin, .pth.tar, .pt.tar"
    package let suffixes = SeriesName.torchSuffixes

    package init() {}
}
