import Testing

@testable import TensorFormats

private typealias P = PickleWriter

@Suite struct ModelFinderTests {
    static let small = P.dict(["w": P.weights("1", count: 4), "b": P.weights("2", count: 2)])
    static let large = P.dict(["w": P.weights("3", count: 400)])
    static let optimizer = P.dict([
        "state": P.dict([(P.int(0), P.dict(["exp_avg": P.weights("9", count: 900)]))]), "param_groups": P.list([]),
    ])

    static let findings: [([UInt8], String, String)] = [
        (small, "/", "the checkpoint is a model itself"),
        (P.dict(["state_dict": small, "model": large]), "state_dict", "it has a usual name"),
        (P.dict(["params": large, "module": small]), "module", "it has a usual name"),
        (P.dict(["model": P.dict(["model": small, "optimizer": optimizer])]), "model/model", "it has a usual name"),
        (P.dict(["model": P.dict(["state_dict": small])]), "model/state_dict", "it has a usual name"),
        (P.dict(["state": P.dict(["model": small])]), "state/model", "it has a usual name"),
        (P.dict(["model": P.dict(["enc": small, "dec": large])]), "model", "it has a usual name"),
        (P.dict(["model": small, "loss": P.weights("5", count: 1), "lr": P.weights("6", count: 1)]), "model", "usual"),
        (P.dict(["mine": large, "other": P.dict(["w": P.weights("7", count: 39)])]), "mine", "by far the largest"),
        (P.dict(["mine": large]), "mine", "there is no other"),
        (P.dict(["mine": small, "ema": large, "optimizer": large, "adam": optimizer]), "mine", "there is no other"),
        (
            P.dict(["MODEL_EMA": large, "x": P.dict(["optimizers": large, "deep": P.list([small])])]), "x/deep/0",
            "no other"
        ),
        (P.list([large, optimizer]), "0", "there is no other"),
        (P.tuple([small, P.int(3)]), "0", "there is no other"),
        (P.object(P.dict(["model": small, "config": large])), "model", "it has a usual name"),
        (P.dict(["trainer": P.object(P.dict(["net": small]))]), "trainer/net", "there is no other"),
        (
            P.dict(["model": P.global("m", "D") + [0x29, 0x81] + P.text("w") + P.weights("1") + [0x73]]), "model",
            "usual"
        ),
        (
            P.dict(["state_dict": small, "current_model_state": small]), "current_model_state",
            "holds an average already"
        ),
        (
            P.dict(["mine": P.dict(["w": P.weights("1"), "a": P.int(1), "b": P.int(1), "c": P.int(1)])]), "mine",
            "no other"
        ),
        (P.dict(["a/b": small]), "a/b", "there is no other"),
        (P.dict([(P.int(7), small)]), "7", "there is no other"),
    ]

    @Test(arguments: findings)
    func theModelIsFound(_ value: [UInt8], _ path: String, _ reason: String) throws {
        let choice = try find(value)
        #expect(ModelPath.text(choice.path) == path)
        #expect(choice.reason.contains(reason), "\(choice.reason)")
        #expect(!choice.tensors.isEmpty)
    }

    static let refusals: [([UInt8], String)] = [
        (P.int(3), "holds no tensors of floats"), (P.dict(["w": P.int(1)]), "holds no tensors of floats"),
        (P.dict(["ids": P.tensor(P.storage("1", "LongStorage"))]), "holds no tensors of floats"),
        (P.tensor(), "holds no tensors of floats"), (P.list([P.tensor()]), "holds no tensors of floats"),
        (
            P.dict(["model": P.none, "ema": small, "optimizer": optimizer]),
            #"those of "ema", "optimizer", which are not"#
        ),
        (optimizer, #"those of "/", which are not taken"#),
        (P.dict(["g": small, "d": small]), #"either of "g" (24 bytes) and "d" (24 bytes) can be the model: name one"#),
        (P.dict(["a": large, "b": P.dict(["w": P.weights("7", count: 40)])]), #"either of "a" (1600 bytes)"#),
        (P.dict(["a": P.dict(["b": P.weights("1")]), "a.b": P.weights("2"), "c": P.weights("3")]), #"named "a.b""#),
        (P.dict([(P.text("a"), P.weights("1")), (P.text("a"), P.weights("2"))]), #"two tensors at "/" are named "a""#),
    ]

    @Test(arguments: refusals)
    func doubtIsRefused(_ value: [UInt8], _ expected: String) throws {
        let error = #expect(throws: ModelFinderError.self) { try find(value) }
        let text = try #require(error).description
        #expect(text.contains(expected), "\(text)")
    }

    @Test func aPathThatIsAskedForIsTaken() throws {
        let value = P.dict(["model": Self.small, "ema": Self.large, "n": P.int(1), "shadow": P.list([P.weights("5")])])
        #expect(try find(value, at: ["ema"]).tensors.map(\.name) == ["w"])
        #expect(try find(value, at: ["shadow"]).tensors.map(\.name) == ["0"])
        let all = try find(value, at: [])
        #expect(all.tensors.map(\.name) == ["model.w", "model.b", "ema.w"])
        #expect(all.reason == "it was asked for")
        #expect(
            try find(value).alternatives == [
                #""ema": 1 tensor, 1600 bytes of floats, set aside as no model by name or keys"#
            ]
        )
        #expect(throws: ModelFinderError.noSuchPath(["net"], available: ["model", "ema"])) {
            try find(value, at: ["net"])
        }
        #expect(throws: ModelFinderError.noTensorsAt(["n"], available: ["model", "ema"])) { try find(value, at: ["n"]) }
        #expect(throws: ModelFinderError.noSuchPath(["n", "x"], available: ["model", "ema"])) {
            try find(value, at: ["n", "x"])
        }
    }

    @Test func aRootThatIsTheModelLeavesOutWhatIsSetAside() throws {
        let value = P.dict([
            "w": P.weights("1"), "v": P.weights("2"), "layer": P.dict(["0": P.weights("4")]), "optimizer": Self.large,
        ])
        #expect(try find(value).tensors.map(\.name) == ["w", "v", "layer.0"])
        #expect(try find(value, at: []).tensors.map(\.name) == ["w", "v", "layer.0", "optimizer.w"])
    }

    @Test func aDictThatHoldsItselfEnds() throws {
        let program = [0x7D, 0x71, 0] + P.text("w") + P.weights("1") + [0x73] + P.text("self") + [0x68, 0, 0x73, 0x2E]
        let choice = try ModelFinder.find(in: PickleMachine.run(program).graph, at: nil)
        #expect(choice.tensors.map(\.name) == ["w"])
    }

    @Test func aModuleThatWasPickledWholeHasTheNamesOfItsStateDict() throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/ultralytics.pkl")).graph
        #expect(throws: ModelFinderError.onlySetAside(["ema"])) { try ModelFinder.find(in: graph, at: nil) }
        let names = try ModelFinder.find(in: graph, at: ["ema"]).tensors.map(\.name)
        #expect(names.count == 20)
        #expect(names.contains("1.norm.num_batches_tracked") && !names.contains { $0.contains("cache") })
    }

    @Test(arguments: [
        ("optim", true), ("optimizer_states", true), ("g_optimizer", true), ("sched", true), ("lr_schedulers", true),
        ("lr_scheduler_x", true), ("ema", true), ("EMA_model", true), ("state_dict_ema", true), ("w_avg", true),
        ("average_model", true), ("swa_state", true), ("mean_teacher", true), ("scaler", true), ("loss_scaler", true),
        ("rng_state", true), ("python_random", true), ("loops", true), ("callbacks", true), ("criterion", true),
        ("hyper_parameters", true), ("args", true), ("config", true), ("metrics", true), ("model", false),
        ("scaler_layer", false), ("embedding", false), ("args2", false), ("", false),
        ("generator", false), ("dynamo", false), ("schnet", false),
    ])
    func keysThatAreSetAside(_ key: String, _ expected: Bool) {
        #expect(ModelNaming.isSetAside(key) == expected)
    }

    @Test(arguments: [([], "/"), (["a"], "a"), (["state", "model"], "state/model")])
    func pathsHaveATextForm(_ path: [String], _ text: String) {
        #expect(ModelPath.text(path) == text)
        #expect(ModelPath.path(text) == path)
        #expect(ModelPath.path("/" + text + "/") == path)
    }

    private func find(_ value: [UInt8], at path: [String]? = nil) throws -> ModelChoice {
        try ModelFinder.find(in: PickleMachine.run(P.pickle(value)).graph, at: path)
    }
}
