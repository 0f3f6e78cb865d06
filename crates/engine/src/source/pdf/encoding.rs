//! Encodings of simple fonts.

use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Array, Dict, Name, Object};

/// The codes that a simple font's encoding gives names of glyphs to (ISO 32000-2, 9.6.5.1). `None` if
/// it holds anything but codes and names.
pub(super) fn differences<'d>(dict: &Dict<'d>) -> Option<Vec<(i64, Name<'d>)>> {
    let entries = dict
        .get::<Dict<'_>>(keys::ENCODING)
        .and_then(|encoding| encoding.get::<Array<'_>>(keys::DIFFERENCES))
        .unwrap_or_default();
    let (mut code, mut named) = (0_i64, Vec::new());
    for entry in entries.iter::<Object<'_>>() {
        match entry {
            Object::Number(number) => code = number.as_i64(),
            Object::Name(name) => {
                named.push((code, name));
                code = code.saturating_add(1);
            }
            _ => return None,
        }
    }
    Some(named)
}
