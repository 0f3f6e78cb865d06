//! The colour in which text is filled, as far as it can be told without colour profiles.

use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Name, Number, Object};
use hayro_syntax::page::Resources;

/// The fill colour and the space in which its components are given.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fill {
    pub color: [u8; 3],
    space: Space,
}

/// How components are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Space {
    /// By their number: grey, RGB or CMYK.
    #[default]
    Counted,
    /// As amounts of an ink, of which full is dark.
    Ink,
    /// Not at all: patterns, palettes and the like.
    Unknown,
}

impl Fill {
    /// Follows operators that set the fill colour. False: it was none of them.
    pub(crate) fn follow(&mut self, operation: &Op<'_, '_>, resources: &Resources<'_>) -> bool {
        match operation {
            Op::NonStrokeColorDeviceGray(grey) => self.set_counted(&[&grey.0]),
            Op::NonStrokeColorDeviceRgb(rgb) => self.set_counted(&[&rgb.0, &rgb.1, &rgb.2]),
            Op::NonStrokeColorCmyk(ink) => {
                self.set_counted(&[&ink.0, &ink.1, &ink.2, &ink.3]);
            }
            Op::ColorSpaceNonStroke(name) => {
                *self = Self { color: [0; 3], space: space(name.0, resources) };
            }
            Op::NonStrokeColor(components) => self.set(&components.0),
            Op::NonStrokeColorNamed(components) if components.1.is_none() => {
                self.set(&components.0);
            }
            _ => return false,
        }
        true
    }

    fn set_counted(&mut self, components: &[&Number]) {
        self.space = Space::Counted;
        let components: Vec<f64> = components.iter().map(|number| number.as_f64()).collect();
        self.color = counted(&components).unwrap_or(self.color);
    }

    fn set(&mut self, components: &[Number]) {
        let components: Vec<f64> = components.iter().map(Number::as_f64).collect();
        let color = match (self.space, components.as_slice()) {
            (Space::Counted, all) => counted(all),
            (Space::Ink, [amount]) => counted(&[1.0 - amount]),
            (Space::Ink, _) | (Space::Unknown, _) => None,
        };
        self.color = color.unwrap_or(self.color);
    }
}

/// Grey, RGB or CMYK by the number of components; the formula for inks is that of PDF 32000, 10.3.
fn counted(components: &[f64]) -> Option<[u8; 3]> {
    let byte = |share: f64| (share.clamp(0.0, 1.0) * 255.0).round() as u8;
    Some(match components {
        [grey] => [byte(*grey); 3],
        [r, g, b] => [byte(*r), byte(*g), byte(*b)],
        [c, m, y, k] => [byte(1.0 - c - k), byte(1.0 - m - k), byte(1.0 - y - k)],
        _ => return None,
    })
}

fn space(name: &Name<'_>, resources: &Resources<'_>) -> Space {
    if name.as_ref().starts_with(b"Device") {
        return Space::Counted;
    }
    let family = match resources.get_color_space(name) {
        Some(Object::Array(array)) => family(&array),
        Some(Object::Name(alias)) => Some(alias.as_ref().to_vec()),
        _ => None,
    };
    match family.as_deref() {
        Some(
            b"ICCBased" | b"CalRGB" | b"CalGray" | b"DeviceRGB" | b"DeviceGray" | b"DeviceCMYK",
        ) => Space::Counted,
        Some(b"Separation" | b"DeviceN") => Space::Ink,
        _ => Space::Unknown,
    }
}

fn family(array: &Array<'_>) -> Option<Vec<u8>> {
    array.iter::<Name<'_>>().next().map(|name| name.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_read_by_their_number() {
        assert_eq!(counted(&[0.0]), Some([0, 0, 0]));
        assert_eq!(counted(&[1.0, 0.0, 0.2]), Some([255, 0, 51]));
        assert_eq!(counted(&[0.0, 1.0, 1.0, 0.0]), Some([255, 0, 0]));
        assert_eq!(counted(&[0.1, 0.2]), None);
    }
}
