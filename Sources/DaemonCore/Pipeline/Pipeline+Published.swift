import Averaging
import LinuxSystem

/// What is known of the output beside the averages that lie there.
struct OutputCondition: Sendable {
    /// An average that readers have, for which something is still to be done.
    struct Unsettled: Sendable {
        let average: PublishedAverage
        let problem: String
        let tries: Int
        let retry: ContinuousClock.Instant
    }

    /// By recipe.
    var unsettled: [String: Unsettled] = [:]
    /// Why a recipe's directory cannot be listed, by recipe.
    var unlisted: [String: String] = [:]
    /// Entries that could not be looked at, by recipe; each is told once.
    var foreign: [String: Set<String>] = [:]

    /// What is wrong and has not been made good, in sentences.
    var problems: [String] {
        unlisted.sorted { $0.key < $1.key }.map { "the averages of \($0.key) cannot be listed: \($0.value)" }
            + unsettled.sorted { $0.key < $1.key }.map { recipe, rest in
                "\(recipe)/\(rest.average.manifest.name) is published, but what follows failed: \(rest.problem)"
            }
    }
}

extension Pipeline {
    /// Puts the output in order at a start: a crash may have come between any two steps of the last run.
    func restoreOutput() {
        let configuration = board.snapshot.configuration
        for recipe in configuration.recipes {
            // What cannot be removed now is looked at again at the next start, and told by the listing.
            try? store.removeOrphans(of: recipe.name)
        }
        refreshAverages()
        for average in board.snapshot.averages.values.compactMap(\.latest) { _ = settle(average, configuration) }
    }

    /// Reads what is published; what cannot be read now is as it was.
    func refreshAverages() {
        let state = board.snapshot
        var found: [String: AverageListing] = [:]
        var unlisted: [String: String] = [:]
        for recipe in state.configuration.recipes {
            do {
                found[recipe.name] = try store.listing(of: recipe.name, known: state.averages[recipe.name, default: []])
            } catch {
                unlisted[recipe.name] = "\(error)"
            }
        }
        let listings = found
        for (recipe, listing) in listings {
            let told = state.output.foreign[recipe, default: []]
            for (name, reason) in listing.unreadable where !told.contains(name) {
                log(.outputEntryIgnored(recipe: recipe, name: name, reason: reason))
            }
        }
        board.update { [unlisted, published = state.published] state in
            state.output.unlisted = unlisted
            state.output.foreign = listings.mapValues { Set($0.unreadable.keys) }
            let recipes = Set(state.configuration.recipes.map(\.name))
            state.averages = state.averages.filter { recipes.contains($0.key) }
            // An average that was published meanwhile may be missing in the lists; the next look has it.
            guard state.published == published else { return }
            for (recipe, listing) in listings { state.averages[recipe] = listing.averages }
        }
    }

    /// Does what follows once readers have an average, and removes what retention no longer keeps; what fails is told, and
    /// done again later.
    ///
    /// - Returns: the names of what retention removed.
    func settle(_ average: PublishedAverage, _ configuration: Configuration) -> [String] {
        let recipe = average.manifest.recipe
        do {
            try store.settle(average, recipe: recipe)
            board.update { $0.output.unsettled[recipe] = nil }
        } catch {
            let tries = (board.snapshot.output.unsettled[recipe]?.tries ?? 0) + 1
            let pause = FailureLedger.pause(min(configuration.rescan, FailureLedger.shortestPause), after: tries)
            board.update { state in
                state.output.unsettled[recipe] = OutputCondition.Unsettled(
                    average: average,
                    problem: "\(error)",
                    tries: tries,
                    retry: .now + pause
                )
            }
            if tries == 1 {
                log(
                    .averageUnsettled(
                        recipe: recipe,
                        name: average.manifest.name,
                        step: average.step,
                        reason: "\(error)"
                    )
                )
            }
            return []
        }
        return retire(recipe, configuration)
    }

    /// Does again what followed an average and failed, where it is time.
    func settleWhatIsDue(now: ContinuousClock.Instant) {
        let state = board.snapshot
        for rest in state.output.unsettled.values where rest.retry <= now {
            _ = settle(rest.average, state.configuration)
        }
    }

    /// When something that failed is worth another try; nil where nothing is waited for.
    func nextRetry(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let state = board.snapshot
        // What is due already waits for the average that is being made; looking at the directory does not hasten it.
        let rests = state.output.unsettled.values.map(\.retry).filter { $0 > now }
        return (rests + [state.failures.nextRetry(after: now)].compactMap(\.self)).min()
    }

    /// Removes what retention no longer keeps.
    ///
    /// - Returns: the names of what was removed.
    private func retire(_ recipe: String, _ configuration: Configuration) -> [String] {
        let averages = board.snapshot.averages[recipe, default: []]
        // What the link names, not what should be the newest: these two differ where somebody has set it by hand.
        guard let latest = store.latestName(of: recipe) else { return [] }
        let removed = configuration.retention.expired(averages, latest: latest).filter { average in
            do {
                try store.remove(average, recipe: recipe)
                return true
            } catch {
                log(
                    .averageNotRemoved(
                        recipe: recipe,
                        name: average.manifest.name,
                        step: average.step,
                        reason: "\(error)"
                    )
                )
                return false
            }
        }
        .map(\.manifest.name)
        if !removed.isEmpty {
            board.update { $0.averages[recipe]?.removeAll { removed.contains($0.manifest.name) } }
        }
        return removed
    }
}
