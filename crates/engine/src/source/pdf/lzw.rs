//! Lempel-Ziv-Welch as PDF uses it (ISO 32000-2, 7.4.4), decoded piece by piece.

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const CODES_MAX: usize = 4096;

/// Decodes as long as more is wanted, with codes that grow one entry early. Damage ends it. Of the
/// few streams whose codes grow late, what comes out is as long as a damaged stream's.
pub(super) fn lzw_decode(bytes: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) {
    let mut codes = Codes { bytes, bits: 0, held: 0 };
    // Of each entry the one that it extends, its last byte and its length.
    let mut table: Vec<(u16, u8, u16)> = Vec::with_capacity(CODES_MAX);
    reset(&mut table);
    let mut former: Option<usize> = None;
    let mut text = Vec::new();
    while let Some(code) = codes.next(table.len()) {
        match code {
            CLEAR => {
                reset(&mut table);
                former = None;
                continue;
            }
            END => return,
            code if code > table.len() || (code == table.len() && former.is_none()) => return,
            _ => {}
        }
        if let Some(former) = former {
            let source = if code < table.len() { code } else { former };
            spell(&table, source, &mut text);
            let entry = (former as u16, text[0], table[former].2.saturating_add(1));
            if table.len() < CODES_MAX {
                table.push(entry);
            }
        }
        if code >= table.len() {
            return;
        }
        spell(&table, code, &mut text);
        if !take(&text) {
            return;
        }
        former = Some(code);
    }
}

fn reset(table: &mut Vec<(u16, u8, u16)>) {
    table.clear();
    table.extend((0..=255_u8).map(|byte| (0, byte, 1)));
    // The places of the two commands.
    table.resize(FIRST, (0, 0, 1));
}

/// Writes an entry from its last byte to its first.
fn spell(table: &[(u16, u8, u16)], code: usize, text: &mut Vec<u8>) {
    let length = usize::from(table[code].2);
    text.clear();
    text.resize(length, 0);
    let mut at = code;
    for place in text.iter_mut().rev() {
        let (former, byte, _) = table[at];
        *place = byte;
        at = usize::from(former);
    }
}

struct Codes<'b> {
    bytes: &'b [u8],
    bits: u32,
    held: u32,
}

impl Codes<'_> {
    fn next(&mut self, entries: usize) -> Option<usize> {
        let length = match entries + 1 {
            2048.. => 12,
            1024.. => 11,
            512.. => 10,
            _ => 9,
        };
        while self.bits < length {
            let (byte, rest) = self.bytes.split_first()?;
            self.held = (self.held & 0xFFF) << 8 | u32::from(*byte);
            self.bits += 8;
            self.bytes = rest;
        }
        self.bits -= length;
        Some((self.held >> self.bits) as usize & ((1 << length) - 1))
    }
}
