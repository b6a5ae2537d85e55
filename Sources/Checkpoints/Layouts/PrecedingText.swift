/// The text before a number in a file name, which tells what the number counts.
struct PrecedingText {
    /// In lower case, without what separates it from the number.
    private let text: String
    /// The letters that it ends with.
    private let lastWord: Substring

    /// Takes everything before the number.
    init(_ text: Substring) {
        var text = text
        while let last = text.last, "=-_.".contains(last) { text.removeLast() }
        self.text = text.lowercased()
        let start = self.text.lastIndex { !$0.isLetter }.map(self.text.index(after:)) ?? self.text.startIndex
        lastWord = self.text[start...]
    }

    /// Whether a keyword says what the number counts; a short one only as a whole word.
    func ends(with keyword: String) -> Bool {
        keyword.utf8.count > 3 ? text.hasSuffix(keyword) : lastWord == keyword
    }
}
