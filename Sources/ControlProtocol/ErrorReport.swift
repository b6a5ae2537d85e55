/// The body of every answer that is not a success.
package struct ErrorReport: Codable, Sendable, Equatable {
    /// What went wrong.
    package struct Detail: Codable, Sendable, Equatable {
        /// A word for programs.
        package var code: String
        /// A sentence for people.
        package var message: String
        /// What to do about it.
        package var hint: String
        /// Everything that is wrong, where that is more than the message can hold.
        package var problems: [String]?
    }

    package var error: Detail

    package init(code: String, message: String, hint: String, problems: [String]? = nil) {
        error = Detail(code: code, message: message, hint: hint, problems: problems)
    }
}

/// The answer to a reload that has taken effect.
package struct ReloadReport: Codable, Sendable, Equatable {
    /// The configuration file that was read.
    package var reloaded: String

    package init(reloaded: String) {
        self.reloaded = reloaded
    }
}

/// The answer to a request that only asks the daemon to do something.
package struct AcceptedReport: Codable, Sendable, Equatable {
    /// What was accepted, in words.
    package var accepted: String

    package init(accepted: String) {
        self.accepted = accepted
    }
}
