import Testing

@testable import Averaging

@Suite struct AveragingProgressTests {
    private struct Stretch {
        let seconds: Double
        let rate: Double
    }

    /// What the estimator says after stretches of constant rate, asked at regular intervals.
    private func estimate(_ stretches: [Stretch], every interval: Double) -> Double? {
        var estimator = RateEstimator()
        var (now, count) = (0.0, 0.0)
        for stretch in stretches {
            for _ in 0..<Int((stretch.seconds / interval).rounded()) {
                now += interval
                count += stretch.rate * interval
                estimator.observe(count: Int(count.rounded()), seconds: now)
            }
        }
        return estimator.perSecond
    }

    @Test("a constant rate is told exactly, however often it is asked for", arguments: [0.01, 0.2, 1, 2, 7, 30])
    func constant(interval: Double) throws {
        let rate = try #require(estimate([Stretch(seconds: 60, rate: 1e9)], every: interval))
        #expect(abs(rate / 1e9 - 1) < 1e-6)
    }

    @Test("a change shows within seconds and counts alone after ten", arguments: [0.05, 0.25, 1, 2])
    func change(interval: Double) throws {
        let fast = Stretch(seconds: 100, rate: 1000)
        func after(_ seconds: Double, _ rate: Double) throws -> Double {
            try #require(estimate([fast, Stretch(seconds: seconds, rate: rate)], every: interval))
        }
        #expect(try (0.5...0.75).contains(after(4, 0) / 1000))
        #expect(try abs(after(10 + 2 * interval + 0.5, 0)) < 1e-6)
        #expect(try abs(after(10 + 2 * interval + 0.5, 5000) - 5000) < 5)
    }

    @Test("bursts with pauses between them give the mean")
    func bursts() throws {
        let bursts = (0..<100).flatMap { _ in [Stretch(seconds: 0.2, rate: 5000), Stretch(seconds: 0.8, rate: 0)] }
        let rate = try #require(estimate(bursts, every: 0.1))
        #expect((850...1150).contains(rate))
    }

    @Test("no rate is told too soon, nor before anything happened")
    func unknown() throws {
        var estimator = RateEstimator()
        #expect(estimator.perSecond == nil)
        estimator.observe(count: 100, seconds: 0.4)
        #expect(estimator.perSecond == nil)
        estimator.observe(count: 150, seconds: 0.5)
        #expect(estimator.perSecond == 300)
        #expect(estimate([Stretch(seconds: 30, rate: 0)], every: 1) == nil)
    }

    @Test("what comes late or twice changes nothing")
    func order() {
        var estimator = RateEstimator()
        estimator.observe(count: 200, seconds: 2)
        estimator.observe(count: 100, seconds: 1)
        estimator.observe(count: 500, seconds: 2)
        #expect(estimator.perSecond == 100)
    }

    @Test("the control tells bytes, time, rate and phase")
    func control() {
        let control = AveragingControl()
        let start = ContinuousClock.now
        #expect(control.progress.bytesTotal == 0 && control.progress.fraction == 0)
        #expect(control.progress.phase == .reading)
        control.begin(byteCount: 1000, at: start)
        #expect(control.progress(at: start) == progress(.reading, done: 0, seconds: 0, rate: nil))
        control.advance(by: 100)
        control.advance(by: 150)
        let quarter = control.progress(at: start + .seconds(5))
        #expect(quarter == progress(.reading, done: 250, seconds: 5, rate: 50))
        #expect(quarter.secondsLeft == 15 && quarter.fraction == 0.25 && control.progress.fraction == 0.25)
        // A stall long enough to fill the window leaves a rate of nothing, and no time left to tell.
        for second in 6...16 { _ = control.progress(at: start + .seconds(second)) }
        let stalled = control.progress(at: start + .seconds(17))
        #expect(stalled == progress(.reading, done: 250, seconds: 17, rate: 0))
        #expect(stalled.secondsLeft == nil)
        control.flush()
        #expect(control.progress(at: start + .seconds(18)) == progress(.flushing, done: 250, seconds: 18, rate: nil))
    }

    @Test("what is read twice counts once, and all is done only when it is on the disk")
    func end() {
        let control = AveragingControl()
        let start = ContinuousClock.now
        control.begin(byteCount: 1000, at: start)
        control.advance(by: 1001)
        #expect(control.progress(at: start).phase == .reading)
        #expect(control.progress.fraction == 1)
        control.flush()
        let end = control.progress(at: start + .seconds(1))
        #expect(end == progress(.flushing, done: 1000, seconds: 1, rate: nil))
        #expect(end.secondsLeft == nil && end.fraction == 1)
    }

    @Test("a pass that begins again begins at nothing")
    func again() {
        let control = AveragingControl()
        let start = ContinuousClock.now
        control.begin(byteCount: 10, at: start)
        control.advance(by: 10)
        control.flush()
        _ = control.progress(at: start + .seconds(9))
        control.begin(byteCount: 1000, at: start + .seconds(20))
        #expect(control.progress(at: start + .seconds(21)) == progress(.reading, done: 0, seconds: 1, rate: nil))
    }

    private func progress(
        _ phase: AveragingProgress.Phase,
        done: Int,
        seconds: Double,
        rate: Double?
    ) -> AveragingProgress {
        AveragingProgress(phase: phase, bytesDone: done, bytesTotal: 1000, seconds: seconds, bytesPerSecond: rate)
    }
}
