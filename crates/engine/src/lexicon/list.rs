//! Lists of words by language.

/// Words by language, in ISO 639 codes; `mul` is for all languages.
pub(crate) type ByLanguage = &'static [(&'static str, &'static [&'static str])];

/// All words of a list, whatever their language.
pub(crate) fn words(list: ByLanguage) -> impl Iterator<Item = &'static str> {
    list.iter().flat_map(|(_, words)| *words).copied()
}

/// True if the list has the word in any language. Lists are in lower case unless they say otherwise.
pub(crate) fn has(list: ByLanguage, word: &str) -> bool {
    words(list).any(|known| known == word)
}
