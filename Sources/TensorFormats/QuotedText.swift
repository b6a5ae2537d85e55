extension String {
    /// The text in double quotes, safe to put into a message.
    ///
    /// Names come from files that nobody vouches for: control and formatting characters are escaped, so that a name
    /// cannot forge a log line, and a name of more than 200 characters is cut.
    var quoted: String {
        let limit = 200
        var text = "\""
        for scalar in unicodeScalars.prefix(limit) {
            switch (scalar, scalar.properties.generalCategory) {
            case ("\"", _), ("\\", _): text += "\\\(scalar)"
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? text + "\"" : text + "…\""
    }
}
