import Checkpoints
import LinuxSystem
import SystemPackage

extension PinStore {
    /// Keeps pins in a directory of a given path, and their records beside it.
    init(directory: FilePath, staging: FilePath, method: PinMethod) {
        self.init(
            pins: OwnPlace(root: directory),
            records: OwnPlace(root: directory.removingLastComponent().appending("pin-records")),
            staging: OwnPlace(root: staging),
            method: method
        )
    }
}
