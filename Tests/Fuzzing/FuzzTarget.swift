internal import LibFuzzer

// Compiled by scripts/fuzz.sh together with TensorFormats as one module; no target of the package.

/// What libFuzzer calls with each input: every reader of a format takes it for a file of its own.
@_cdecl("LLVMFuzzerTestOneInput")
func readInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    Promises.checkTorchFile(bytes)
    Promises.checkPickle(bytes)
    Promises.checkSafetensors(bytes)
    Promises.checkJSON(bytes)
    Promises.checkChecksum(bytes)
    return 0
}

/// What libFuzzer calls for a new input from an old one, in the room that the old one is in.
///
/// Damage to a file that is checked as a whole is noticed at its first check, and what comes behind it is never
/// reached. So mostly the pickle within a file is changed, and the file is made anew around it.
@_cdecl("LLVMFuzzerCustomMutator")
func makeInput(_ room: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: CUnsignedInt) -> Int {
    let old = Array(UnsafeBufferPointer(start: room, count: count))
    let new: [UInt8]
    if seed % 4 > 0, let file = TorchParts(old) {
        let pickle = mutated(file.pickle, limit: max(file.pickle.count, limit / 2))
        new = file.replacingPickle(by: pickle).bytes(isExact: seed % 16 < 12)
    } else {
        let damaged = mutated(old, limit: limit)
        new = seed % 64 == 0 ? damaged : TorchParts.mendingSeals(of: damaged)
    }
    // What got too long is cut, which is a mutation like any other.
    let newCount = min(new.count, limit)
    for index in 0..<newCount { room[index] = new[index] }
    return newCount
}

private func mutated(_ bytes: [UInt8], limit: Int) -> [UInt8] {
    var room = bytes + [UInt8](repeating: 0, count: max(0, limit - bytes.count))
    let count = room.withUnsafeMutableBufferPointer { LLVMFuzzerMutate($0.baseAddress, bytes.count, limit) }
    return Array(room[..<count])
}
