//! Form fields on a page of a PDF, and checkboxes of any origin.

use super::geometry::Rect;

/// A field of a form, or a text that was typed onto a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the file, with the names of the fields around it, separated by points.
    pub name: String,
    /// How the file describes it to a reader; often empty.
    pub label: String,
    /// What is filled in: of a choice what the page shows, of a button the option that it stands
    /// for.
    pub value: String,
    /// What it is.
    pub kind: FieldKind,
    /// In points as displayed.
    pub rect: Rect,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// One or several of the given options.
    Choice,
    /// A box that is checked or not.
    Checkbox {
        /// It is checked.
        ticked: bool,
    },
    /// One of the buttons of a group, of which one at most is chosen.
    Radio {
        /// It is chosen.
        ticked: bool,
    },
    /// A text that was typed onto the page, outside of any form.
    FreeText,
}

/// A box that is checked or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checkbox {
    /// In points as displayed.
    pub rect: Rect,
    /// It is checked.
    pub ticked: bool,
}

/// A comment on a page, which a viewer shows beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What it says; its lines end with line feeds.
    pub text: String,
    /// What it belongs to, in points as displayed.
    pub rect: Rect,
}

impl Field {
    /// The box that it shows, if it is one.
    pub(crate) fn checkbox(&self) -> Option<Checkbox> {
        match self.kind {
            FieldKind::Checkbox { ticked } | FieldKind::Radio { ticked } => {
                Some(Checkbox { rect: self.rect, ticked })
            }
            FieldKind::Text | FieldKind::Choice | FieldKind::FreeText => None,
        }
    }
}
