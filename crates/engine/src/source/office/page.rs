//! Web pages as the library reads them whole: checkboxes as characters, which it takes out of the
//! text that they stand in, and the rows at the foot of tables, which it leaves out.

/// Longer tags stay as they are.
const TAG_BYTES_MAX: usize = 4096;

/// The same page with a character for every checkbox and radio button, and with the feet of tables
/// as further rows.
pub(super) fn written(page: &[u8]) -> Vec<u8> {
    const TAG: &[u8] = b"<input";
    let mut out = Vec::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        if let Some((tag, bytes)) = foot(from) {
            out.extend_from_slice(tag);
            rest = &from[bytes..];
            continue;
        }
        let is_input = from.get(..TAG.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(TAG));
        let end = || from.iter().take(TAG_BYTES_MAX).position(|byte| *byte == b'>');
        let Some(end) = is_input.then(end).flatten() else {
            out.push(b'<');
            rest = &from[1..];
            continue;
        };
        match state(&from[TAG.len()..end]) {
            Some(true) => out.extend_from_slice(b"&#9745; "),
            Some(false) => out.extend_from_slice(b"&#9744; "),
            None => out.extend_from_slice(&from[..=end]),
        }
        rest = &from[end + 1..];
    }
    out.extend_from_slice(rest);
    out
}

/// The tag in place of one of the foot of a table, and the bytes that it replaces.
fn foot(text: &[u8]) -> Option<(&'static [u8], usize)> {
    let tags: [(&[u8], &[u8]); 2] = [(b"<tfoot", b"<tbody"), (b"</tfoot", b"</tbody")];
    tags.into_iter().find_map(|(foot, body)| {
        let is_foot = text.get(..foot.len())?.eq_ignore_ascii_case(foot);
        let ends = text.get(foot.len()).is_some_and(|next| !next.is_ascii_alphanumeric());
        (is_foot && ends).then_some((body, foot.len()))
    })
}

/// Whether an input is ticked, by its attributes; `None` if it is no box.
fn state(attributes: &[u8]) -> Option<bool> {
    let (mut is_box, mut ticked) = (false, false);
    for word in words(attributes) {
        let (name, value) = word.split_once('=').unwrap_or((&word, ""));
        match name.to_ascii_lowercase().as_str() {
            "type" => {
                is_box = ["checkbox", "radio"].iter().any(|one| value.eq_ignore_ascii_case(one));
            }
            "checked" => ticked = true,
            _ => {}
        }
    }
    is_box.then_some(ticked)
}

/// Attributes without the quotation marks of their values.
fn words(attributes: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in String::from_utf8_lossy(attributes).chars() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, _) if character.is_whitespace() || character == '/' => words.push(String::new()),
            _ => {
                if let Some(word) = words.last_mut() {
                    word.push(character);
                }
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_become_characters_where_they_stand() {
        for (page, want) in [
            ("<p><INPUT type=checkbox checked> a", "<p>&#9745;  a"),
            ("<input checked='checked' type=\"radio\"/>b", "&#9745; b"),
            ("<input type='checkbox' value='is checked'>c", "&#9744; c"),
            ("<TFOOT class=a><tr></tfoot><tfooter>", "<tbody class=a><tr></tbody><tfooter>"),
            ("<input name=x><inputs> 1 < 2", "<input name=x><inputs> 1 < 2"),
        ] {
            assert_eq!(written(page.as_bytes()), want.as_bytes());
        }
    }
}
