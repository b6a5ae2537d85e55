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
    }

    package var error: Detail

    package init(code: String, message: String, hint: String) {
        error = Detail(code: code, message: message, hint: hint)
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
