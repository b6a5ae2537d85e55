import ControlProtocol

/// Several daemons, a line each.
struct DaemonOverview: Encodable {
    let daemons: [StatusReport]

    /// The overview for people.
    func lines(columns: Int?) -> [String] {
        var table = Table([.text("INSTANCE"), .text("WATCHING"), .text("STATE")])
        for daemon in daemons { table.add([daemon.instance, daemon.watch.path, daemon.summary]) }
        return table.lines(width: columns) + ["", "`lawa status --instance NAME` shows one in full"]
    }
}
