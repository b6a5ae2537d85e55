import Averaging
import LinuxSystem
import SystemPackage

extension [PublishedAverage] {
    /// The average published last, at which `latest` points; of those of one second, the one of the highest step.
    var latest: PublishedAverage? {
        self.max { ($0.manifest.created, $0.step) < ($1.manifest.created, $1.step) }
    }
}

extension Pipeline {
    /// Points each recipe's `latest` at its latest average, for a crash may have come between the two.
    func mendLatest() {
        refreshAverages()
        for (recipe, averages) in board.snapshot.averages {
            guard let name = averages.latest?.manifest.name else { continue }
            let link = store.directory(of: recipe).appending(AverageStore.latestName)
            if (try? SymbolicLink.target(of: link)) == FilePath(name) { continue }
            // What stands in the way is told when the next average is published.
            try? Publication.replaceSymlink(at: link, target: name, staging: store.stagingDirectory)
        }
    }
}
