import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a daemon makes up for that was not there.
@Suite(.serialized) struct DaemonCatchUpTests {
    @Test("checkpoints that landed meanwhile get their averages in order")
    func catchUp() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 3)
            try await place.withDaemon { daemon in
                try await trainer.save([1, 2, 3])
                try await daemon.published(1)
            }
            try await trainer.save([4, 5, 6])
            let (_, ending) = try await place.withDaemon { daemon in
                try await daemon.published(3)
                let report = try await daemon.wait(for: .averages, AveragesReport.self) { $0.averages.count == 4 }
                #expect(report.averages.map(\.step) == [6, 5, 4, 3])
                #expect(report.averages.filter(\.latest).map(\.step) == [6])
                let status = try await daemon.client.ask(.status, as: StatusReport.self)
                #expect(status.recipes[0].latest?.step == 6)
            }
            #expect(DaemonPlace.publishedNames(in: ending.log) == [4, 5, 6].map(trainer.name))
            for newest in 3...6 {
                let average = place.averages.appending(trainer.name(newest))
                try AverageExpectation(average: average, steps: Array(newest - 2...newest), trainer: trainer).check()
            }
            #expect(try SymbolicLink.target(of: place.latest) == "checkpoint-6")
        }
    }

    @Test("a first start on a directory with a history makes one average, of the newest")
    func history() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 5)
            try await trainer.save(1...12)
            let (_, ending) = try await place.withDaemon { daemon in
                try await daemon.published(1)
                try await daemon.rescan()
                try await trainer.save(13)
                try await daemon.published(2)
            }
            #expect(DaemonPlace.publishedNames(in: ending.log) == ["checkpoint-12", "checkpoint-13"])
            #expect(try place.averageNames == ["checkpoint-12", "checkpoint-13"])
        }
    }

    @Test("a restart without news makes nothing and changes nothing")
    func nothingNew() async throws {
        try await DaemonPlace.with { place in
            let trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await trainer.save([1, 2])
            #expect(try await place.once().status == .exited(0))
            let before = try DaemonTreeSnapshot(place.averages)
            #expect(try await place.once().status == .exited(0))
            #expect(try DaemonTreeSnapshot(place.averages) == before)
        }
    }

    @Test("a checkpoint that is saved again gets its average again")
    func savedAgain() async throws {
        try await DaemonPlace.with { place in
            var trainer = SyntheticTrainer(place.watch)
            try place.configure(k: 2)
            try await place.withDaemon { [trainer] daemon in
                try await trainer.save([1, 2])
                try await daemon.published(1)
                var other = trainer
                other.model.tensors[0].columns = 400
                try trainer.delete(1)
                try trainer.delete(2)
                try await other.save([1, 2])
                try await daemon.published(2)
            }
            trainer.model.tensors[0].columns = 400
            try AverageExpectation(average: place.latest, steps: [1, 2], trainer: trainer, name: "checkpoint-2").check()
        }
    }
}
