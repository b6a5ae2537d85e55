import Averaging
import LinuxSystem
import SystemPackage

extension [PublishedAverage] {
    /// The average published last, at which `latest` points; of those of one second, the one of the highest step.
    var latest: PublishedAverage? {
        self.max(by: PublishedAverage.isOlder)
    }
}

extension Pipeline {
    /// Points each recipe's `latest` at its latest average, for a crash may have come between the two.
    func mendLatest() {
        refreshAverages()
        for (recipe, averages) in board.snapshot.averages {
            guard let average = averages.latest else { continue }
            let link = store.directory(of: recipe).appending(AverageStore.latestName)
            if (try? SymbolicLink.target(of: link)) == FilePath(average.manifest.name) { continue }
            // What stands in the way is told when the next average is published.
            try? store.pointLatest(at: average, recipe: recipe)
        }
    }
}
