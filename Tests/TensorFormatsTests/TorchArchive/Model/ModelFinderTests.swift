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
        #expect(choice.paths.map(ModelPath.text).joined(separator: ", ") == path)
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
        #expect(try find(value, at: [["ema"]]).tensors.map(\.name) == ["w"])
        #expect(try find(value, at: [["shadow"]]).tensors.map(\.name) == ["0"])
        let all = try find(value, at: [[]])
        #expect(all.tensors.map(\.name) == ["model.w", "model.b", "ema.w"])
        #expect(all.reason == "it was asked for")
        #expect(
            try find(value).others.map(\.description) == [
                #""ema" (1 tensor, 1600 bytes of floats: set aside as no model by name or keys)"#,
                #""shadow" (1 tensor, 16 bytes of floats: not taken for the model)"#,
            ]
        )
        #expect(throws: ModelFinderError.noSuchPath(["net"], available: ["model", "ema"])) {
            try find(value, at: [["net"]])
        }
        #expect(throws: ModelFinderError.noTensorsAt(["n"], available: ["model", "ema"])) {
            try find(value, at: [["n"]])
        }
        #expect(throws: ModelFinderError.noSuchPath(["n", "x"], available: ["model", "ema"])) {
            try find(value, at: [["n", "x"]])
        }
    }

    @Test func aRootThatIsTheModelLeavesOutWhatIsSetAside() throws {
        let value = P.dict([
            "w": P.weights("1"), "v": P.weights("2"), "layer": P.dict(["0": P.weights("4")]), "optimizer": Self.large,
        ])
        #expect(try find(value).tensors.map(\.name) == ["w", "v", "layer.0"])
        #expect(try find(value, at: [[]]).tensors.map(\.name) == ["w", "v", "layer.0", "optimizer.w"])
    }

    @Test func aDictThatHoldsItselfEnds() throws {
        let program = [0x7D, 0x71, 0] + P.text("w") + P.weights("1") + [0x73] + P.text("self") + [0x68, 0, 0x73, 0x2E]
        let choice = try ModelFinder.find(in: PickleMachine.run(program).graph, at: nil)
        #expect(choice.tensors.map(\.name) == ["w"])
    }

    @Test func aModuleThatWasPickledWholeHasTheNamesOfItsStateDict() throws {
        let graph = try PickleMachine.run(Fixture.bytes("torch/pickle/ultralytics.pkl")).graph
        #expect(throws: ModelFinderError.onlySetAside(["ema"])) { try ModelFinder.find(in: graph, at: nil) }
        let names = try ModelFinder.find(in: graph, at: [["ema"]]).tensors.map(\.name)
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

    /// A network with the names that layers give, of its own size.
    private static func network(_ key: String, count: Int = 4) -> [UInt8] {
        P.dict(["0.weight": P.weights("\(key)w", count: count), "0.bias": P.weights("\(key)b", count: 2)])
    }

    static let parts: [([UInt8], String, [String])] = [
        (
            P.dict(["model": network("m"), "generator": network("g", count: 9)]), "model, generator",
            [
                "0.weight", "0.bias", "generator.0.weight", "generator.0.bias",
            ]
        ),
        (
            P.dict(["generator": network("g", count: 9), "model": network("m")]), "model, generator",
            [
                "0.weight", "0.bias", "generator.0.weight", "generator.0.bias",
            ]
        ),
        (
            P.dict(["g": network("g", count: 90), "d": network("d"), "g_ema": network("e", count: 90)]), "g, d",
            [
                "g.0.weight", "g.0.bias", "d.0.weight", "d.0.bias",
            ]
        ),
        (
            P.dict(["state": P.dict(["encoder": network("e"), "decoder": network("d", count: 5)])]),
            "state/encoder, state/decoder",
            ["state.encoder.0.weight", "state.encoder.0.bias", "state.decoder.0.weight", "state.decoder.0.bias"]
        ),
        // A copy of the model is none of its parts, nor is what has no layers' names.
        (P.dict(["model": network("m"), "best_model": network("b")]), "model", ["0.weight", "0.bias"]),
        (P.dict(["model": network("m"), "replay": large]), "model", ["0.weight", "0.bias"]),
        (
            P.dict(["model": network("m"), "x": P.dict(["head": network("h", count: 7)])]), "model",
            ["0.weight", "0.bias"]
        ),
    ]

    @Test(arguments: parts)
    func networksBesideEachOther(_ value: [UInt8], _ path: String, _ names: [String]) throws {
        let choice = try find(value)
        #expect(choice.paths.map(ModelPath.text).joined(separator: ", ") == path)
        #expect(choice.tensors.map(\.name) == names)
    }

    @Test func networksThatAreCopiesOfEachOtherAreInDoubt() throws {
        let value = P.dict(["a": Self.network("a"), "b": Self.network("b"), "d": Self.network("d", count: 5)])
        #expect(throws: ModelFinderError.self) { try find(value) }
        let names = try find(value, at: [["a"], ["b"]]).tensors.map(\.name)
        #expect(names == ["a.0.weight", "a.0.bias", "b.0.weight", "b.0.bias"])
    }

    static let leftovers: [([UInt8], [String: OtherTensors.Kind])] = [
        (P.dict(["model": small, "ema": small]), ["ema": .copy]),
        (P.dict(["model": small, "best": small]), ["best": .copy]),
        (
            P.dict([
                "params": small, "params_ema": P.dict(["shadow": P.list([P.weights("5"), P.weights("6", count: 2)])]),
            ]),
            ["params_ema": .copy]
        ),
        (P.dict(["model": small, "optimizer": small]), ["optimizer": .optimizer]),
        (P.dict(["model": small, "adam": optimizer]), ["adam": .optimizer]),
        (P.dict(["model": small, "criterion": P.dict(["c": P.weights("8")])]), ["criterion": .setAside]),
        (P.dict(["model": small, "loss": P.weights("8", count: 1)]), ["/": .other]),
        (P.dict(["model": small, "memory": P.list([P.weights("8", count: 1)])]), ["memory": .other]),
        (
            P.dict(["model": P.dict(["w": P.weights("1"), "list": P.list([P.weights("2")])])]),
            ["model/list": .unlisted]
        ),
        (P.dict(["w": P.weights("1"), "v": P.weights("2"), "optimizer": optimizer]), ["optimizer": .optimizer]),
        (P.dict(["w": P.weights("1"), "v": P.weights("2"), "adam": optimizer]), ["adam": .optimizer]),
    ]

    @Test(arguments: leftovers)
    func whatIsLeftOutIsTold(_ value: [UInt8], _ expected: [String: OtherTensors.Kind]) throws {
        let others = try find(value).others
        #expect(Dictionary(uniqueKeysWithValues: others.map { ($0.path, $0.kind) }) == expected)
    }

    @Test func everyFloatIsTakenOrTold() throws {
        let value = P.dict([
            "model": Self.network("m"), "optimizer": Self.optimizer,
            "x": P.list([P.weights("3"), P.dict(["y": P.weights("4")])]),
            "deep": P.object(P.dict(["z": P.tuple([P.weights("5"), P.weights("6")])])),
        ])
        let graph = try PickleMachine.run(P.pickle(value)).graph
        let choice = try ModelFinder.find(in: graph, at: nil)
        #expect(choice.tensors.count + choice.others.reduce(0) { $0 + $1.count } == graph.tensors.count)
    }

    private func find(_ value: [UInt8], at paths: [[String]]? = nil) throws -> ModelChoice {
        try ModelFinder.find(in: PickleMachine.run(P.pickle(value)).graph, at: paths)
    }
}
