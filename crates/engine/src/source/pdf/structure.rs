//! The structure tree of a tagged document (PDF 32000, 14.7 and 14.8): what its author calls the
//! marked pieces of its pages, as far as headings are concerned.

use std::collections::HashMap;

use crate::model::TagRole;
use hayro_syntax::Pdf;
use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Dict, Name, Object, ObjectIdentifier};

/// Elements and pieces of a tree that are read; what is beyond has no roles.
const NODES_MAX: usize = 300_000;
/// Roles that stand for one another.
const ROLE_HOPS_MAX: usize = 8;
const DEPTH_MAX: usize = 64;

/// The roles of the pieces of all pages.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    roles: HashMap<(ObjectIdentifier, i32), TagRole>,
}

/// An element that is still to be read, with what it has from those around it.
struct Open<'a> {
    node: Object<'a>,
    role: TagRole,
    page: Option<ObjectIdentifier>,
    /// Sections around it, for headings without a level.
    sections: u8,
    depth: usize,
}

impl Structure {
    /// Reads the tree, if there is one.
    pub(crate) fn read(pdf: &Pdf) -> Self {
        let mut structure = Self::default();
        let xref = pdf.xref();
        let root = xref
            .get::<Dict<'_>>(xref.root_id())
            .and_then(|root| root.get::<Dict<'_>>(keys::STRUCT_TREE_ROOT));
        let Some(root) = root else {
            return structure;
        };
        let names = root.get::<Dict<'_>>(keys::ROLE_MAP).unwrap_or_default();
        let kids = root.get::<Object<'_>>(keys::K);
        let mut open: Vec<Open<'_>> = kids
            .map(|node| Open { node, role: TagRole::Unknown, page: None, sections: 0, depth: 0 })
            .into_iter()
            .collect();
        let mut nodes = 0;
        while let Some(next) = open.pop() {
            nodes += 1;
            if nodes > NODES_MAX || next.depth > DEPTH_MAX {
                continue;
            }
            structure.node(next, &names, &mut open);
        }
        structure
    }

    /// What a marked piece of a page is.
    pub(crate) fn role(&self, page: ObjectIdentifier, piece: i32) -> TagRole {
        self.roles.get(&(page, piece)).copied().unwrap_or_default()
    }

    fn node<'a>(&mut self, next: Open<'a>, names: &Dict<'_>, open: &mut Vec<Open<'a>>) {
        let Open { node, role, page, sections, depth } = next;
        let child =
            |node, role, page, sections| Open { node, role, page, sections, depth: depth + 1 };
        match node {
            Object::Number(piece) => {
                if let Some(page) = page {
                    self.note(page, piece.as_i64(), role);
                }
            }
            Object::Array(kids) => {
                let kids = kids.iter::<Object<'a>>();
                open.extend(kids.map(|kid| child(kid, role, page, sections)));
            }
            Object::Dict(dict) => {
                let page = dict.get_ref(keys::PG).map(Into::into).or(page);
                if let Some(piece) = dict.get::<i32>(keys::MCID) {
                    // Pieces of forms are counted by themselves.
                    let own = !dict.contains_key(&b"Stm"[..]);
                    if let Some(page) = page.filter(|_| own) {
                        self.note(page, i64::from(piece), role);
                    }
                    return;
                }
                let Some(name) = dict.get::<Name<'_>>(keys::S) else { return };
                let name = standard(name.as_ref(), names);
                let sections = sections + u8::from(is_section(&name) && sections < u8::MAX);
                let own = role_of(&name, sections);
                let role = if role.is_heading() { role } else { own };
                if let Some(kids) = dict.get::<Object<'a>>(keys::K) {
                    open.push(child(kids, role, page, sections));
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, page: ObjectIdentifier, piece: i64, role: TagRole) {
        if let Ok(piece) = i32::try_from(piece) {
            self.roles.insert((page, piece), role);
        }
    }
}

/// The standard name that a name stands for.
fn standard(name: &[u8], names: &Dict<'_>) -> Vec<u8> {
    let mut name = name.to_vec();
    for _ in 0..ROLE_HOPS_MAX {
        match names.get::<Name<'_>>(&name[..]) {
            Some(other) if other.as_ref() != name.as_slice() && !is_heading(&name) => {
                name = other.as_ref().to_vec();
            }
            _ => break,
        }
    }
    name
}

fn is_heading(name: &[u8]) -> bool {
    matches!(name, [b'H', b'1'..=b'6'] | b"H" | b"Title")
}

fn is_section(name: &[u8]) -> bool {
    matches!(name, b"Sect" | b"Part" | b"Art" | b"Div")
}

fn role_of(name: &[u8], sections: u8) -> TagRole {
    match name {
        [b'H', digit @ b'1'..=b'6'] => TagRole::Heading(digit - b'0'),
        b"H" => TagRole::Heading(sections.clamp(1, 6)),
        b"Title" => TagRole::Heading(1),
        b"Artifact" => TagRole::Artifact,
        _ => TagRole::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_headings() {
        assert_eq!(role_of(b"H3", 0), TagRole::Heading(3));
        assert_eq!(role_of(b"H", 2), TagRole::Heading(2));
        assert_eq!(role_of(b"P", 1), TagRole::Text);
        assert_eq!(standard(b"Heading", &Dict::default()), b"Heading");
    }
}
