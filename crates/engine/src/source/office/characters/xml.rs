//! What readers of XML share: entities resolved, and looks that are open.

use std::borrow::Cow;

/// Text with its entities resolved; those that are not known stay.
pub(super) fn resolved(text: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(text);
    if !text.contains('&') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        let character = end.and_then(|end| entity(&rest[1..end]));
        match (character, end) {
            (Some(character), Some(end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            _ => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.into()
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// Text that comes in pieces, so that no entity is cut in two.
#[derive(Debug, Default)]
pub(in crate::source::office) struct Pieces(Vec<u8>);

impl Pieces {
    pub(in crate::source::office) fn push(&mut self, piece: &[u8]) {
        self.0.extend_from_slice(piece);
    }

    pub(in crate::source::office) fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.0);
        resolved(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn entities_are_resolved_once() {
        for (text, want) in [
            ("&lt;b&gt; AT&amp;amp;T", "<b> AT&amp;T"),
            ("&#x41;&#66; &nothing; & &", "AB &nothing; & &"),
            ("plain", "plain"),
        ] {
            assert_eq!(resolved(text.as_bytes()), want);
        }
    }
}
