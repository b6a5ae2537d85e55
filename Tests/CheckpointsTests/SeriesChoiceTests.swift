import LinuxSystem
import SystemPackage
import Testing

@testable import Checkpoints

@Suite struct SeriesChoiceTests {
    private func entries(_ names: [String]) -> [DirectoryEntry] {
        names.map { DirectoryEntry(name: $0, kind: .regular) }
    }

    private func steps(_ names: [String]) -> [Int] {
        SeriesName.candidates(SeriesName.torchSuffixes, in: "/run", entries: entries(names)).map(\.step.value).sorted()
    }

    @Test(
        "metrics in names differ from file to file, and all are one series",
        arguments: [
            (["epoch00-val_loss2.31.ckpt", "epoch01-val_loss1.52.ckpt", "epoch02-val_loss1.4.ckpt"], [0, 1, 2]),
            (["model_ep1_acc71.7.pth", "model_ep2_acc72.pth"], [1, 2]),
            (["model_1_acc_72.pth", "model_2_acc_70.pth"], [1, 2]),
            (["ckpt_e1_i250.pth", "ckpt_e1_i500.pth", "ckpt_e2_i750.pth"], [250, 500, 750]),
            (["model_epoch1_lr0.0005.pth", "model_epoch2_lr0.0001.pth"], [1, 2]),
            (["m_epoch_1_loss_9.68e-02.pt", "m_epoch_2_loss_1.2e-03.pt"], [1, 2]),
            (["model_0_acc_10.pth", "model_1_acc_10.pth"], [0, 1]),
        ]
    )
    func metrics(names: [String], expected: [Int]) {
        #expect(steps(names) == expected)
        #expect(SeriesName.rivals(SeriesName.torchSuffixes, entries(names)).isEmpty)
    }

    @Test("runs that a number tells apart are not mixed")
    func runs() {
        #expect(steps(["llama-2-100.pt", "llama-2-200.pt", "llama-2-300.pt", "llama-3-100.pt"]) == [100, 200, 300])
    }

    @Test(
        "series side by side, of which any could be the run",
        arguments: [
            (["G_1.pt", "D_1.pt"], ["D_*.pt", "G_*.pt"]),
            (["G_1.pt", "D_1.pt", "G_2.pt", "D_2.pt", "G_3.pt"], ["G_*.pt", "D_*.pt"]),
            (["net_1.pt", "ema_net_1.pt", "net_2.pt", "ema_net_2.pt"], []),
            (["net_1.pt", "net_2.pt", "net_3.pt", "other_7.pt"], []),
            (["step_1.pt", "model_7.pt"], []),
            (["recovery-0-150.pth.tar", "net_1.pth.tar"], []),
        ]
    )
    func rivals(names: [String], expected: [String]) {
        #expect(SeriesName.rivals(SeriesName.torchSuffixes, entries(names)) == expected)
    }

    @Test func recoveryFilesAreNoSeries() {
        #expect(steps(["recovery-0-150.pth.tar", "recovery-0-200.pth.tar"]).isEmpty)
    }
}
