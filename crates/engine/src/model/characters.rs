//! What characters are by themselves: their direction, and accents that join letters.

/// True for letters of Hebrew, Arabic and their relatives.
pub(crate) fn is_rtl(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

/// Accents, the letters they go with, and what comes of the two.
const ACCENTED: [(&str, &str, &str); 12] = [
    ("\u{B4}\u{2CA}\u{301}", "aeiıouycnszlrAEIOUYCNSZ", "áéííóúýćńśźĺŕÁÉÍÓÚÝĆŃŚŹ"),
    ("`\u{2CB}\u{300}", "aeiıouAEIOU", "àèììòùÀÈÌÒÙ"),
    ("\u{A8}\u{308}", "aeiıouyAEIOU", "äëïïöüÿÄËÏÖÜ"),
    ("^\u{2C6}\u{302}", "aeiıouAEIOU", "âêîîôûÂÊÎÔÛ"),
    ("~\u{2DC}\u{303}", "anoANO", "ãñõÃÑÕ"),
    ("\u{2C7}\u{30C}", "cszrendCSZRENDgt", "čšžřěňďČŠŽŘĚŇĎǧť"),
    ("\u{B8}\u{327}", "cCsSt", "çÇşŞţ"),
    ("\u{2DA}\u{30A}", "aAuU", "åÅůŮ"),
    ("\u{2D8}\u{306}", "agAGu", "ăğĂĞŭ"),
    ("\u{2DB}\u{328}", "aeAE", "ąęĄĘ"),
    ("\u{2D9}\u{307}", "zZIe", "żŻİė"),
    ("\u{2DD}\u{30B}", "ouOU", "őűŐŰ"),
];

/// The letter with its accent, if the two make one character (`´` and `e` make `é`).
pub(crate) fn compose(accent: char, letter: char) -> Option<char> {
    let (_, letters, composed) = ACCENTED.iter().find(|(accents, ..)| accents.contains(accent))?;
    let at = letters.chars().position(|plain| plain == letter)?;
    composed.chars().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_compose() {
        assert_eq!(compose('\u{B4}', 'e'), Some('é'));
        assert_eq!(compose('\u{A8}', 'x'), None);
    }
}
