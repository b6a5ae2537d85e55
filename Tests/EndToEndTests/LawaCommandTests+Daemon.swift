import ControlProtocol
import LinuxSystem
import Subprocess
import SystemPackage
import TestSupport
import Testing

extension LawaCommandTests {
    /// The verbs that ask a daemon, against a real one.
    @Test func theDaemonAnswers() async throws {
        let directory = try TemporaryDirectory()
        try RunFixture.copy("hf-trainer/run", to: directory.path.appending("run"))
        let socket = directory.path.appending("s.sock").string
        let result = try await run(
            .path(BuiltProduct.path("lawad")),
            arguments: ["--watch", "\(directory.path)/run", "--socket", socket],
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            let status = try await firstAverage(socket)
            #expect(status.recipes.first?.members.count == 5)
            let text = try await LawaRun.lawa("status", "--socket", socket)
            #expect(text.output.contains("checkpoint-10, checkpoint-15, checkpoint-20, checkpoint-25, checkpoint-30"))
            #expect(text.output.contains("5 of 5 members"))
            let list = try await LawaRun.lawa("list", "--socket", socket)
            #expect(list.output.contains("checkpoint-10  window"))
            #expect(list.output.contains("latest"))
            let json = try await LawaRun.lawa("list", "--socket", socket, "--json")
            let averages = try ControlCoding.decode(AveragesReport.self, from: Array(json.output.utf8)).averages
            #expect(averages.map(\.memberSteps) == [[10, 15, 20, 25, 30]])
            let plan = try await LawaRun.lawa("plan", "--socket", socket)
            #expect(plan.output.contains("nothing to do; the newest average is checkpoint-30"))
            let rescan = try await LawaRun.lawa("rescan", "--socket", socket)
            #expect(rescan.code == 0)
            #expect(!rescan.output.isEmpty)
            try execution.send(signal: .terminate)
        }
        #expect(result.terminationStatus == .exited(0))
        #expect(try await LawaRun.lawa("status", "--socket", socket).code == 3)
    }

    /// Asks until there is an average; each question waits for a process, so this is no busy loop.
    private func firstAverage(_ socket: String) async throws -> StatusReport {
        try await withDeadline("the first average") {
            while true {
                let run = try await LawaRun.lawa("status", "--socket", socket, "--json")
                try Task.checkCancellation()
                guard run.code == 0 else { continue }
                let status = try ControlCoding.decode(StatusReport.self, from: Array(run.output.utf8))
                if status.recipes.first?.latest != nil { return status }
            }
        }
    }
}
