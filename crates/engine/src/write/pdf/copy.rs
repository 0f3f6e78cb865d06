//! Copies objects of one file into another, following references, and leaves out what belongs to
//! pages that are not taken along.

use std::collections::{HashMap, HashSet};

use hayro_syntax::Filter;
use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro_syntax::xref::XRef;

use super::objects::{self, PdfFile};

/// Direct objects nested deeper than this are written as null.
const DEPTH_MAX: usize = 64;

/// Entries that point into structures which are not copied, or that say nothing about the looks.
const LEFT_OUT: [&[u8]; 6] =
    [b"StructParent", b"StructParents", b"PieceInfo", b"Metadata", b"LastModified", b"AF"];

/// Kinds of dictionaries through which the rest of the document would come along.
const BEYOND: [&[u8]; 5] = [b"Page", b"Pages", b"Catalog", b"StructTreeRoot", b"StructElem"];

/// Copies from one file into another.
pub(super) struct Copier<'a> {
    pub(super) file: PdfFile,
    xref: &'a XRef,
    /// New numbers of objects; `None` for those that stay behind.
    numbers: HashMap<ObjectIdentifier, Option<usize>>,
    waiting: Vec<(ObjectIdentifier, usize)>,
    /// Fields of the form that stand on the pages, with those above them.
    fields: HashSet<ObjectIdentifier>,
}

impl<'a> Copier<'a> {
    pub(super) fn new(xref: &'a XRef, fields: HashSet<ObjectIdentifier>) -> Self {
        let (numbers, waiting) = (HashMap::new(), Vec::new());
        Self { file: PdfFile::new(), xref, numbers, waiting, fields }
    }

    /// Gives an object of the old file a number that the caller writes himself, or none.
    pub(super) fn replace(&mut self, id: ObjectIdentifier, number: Option<usize>) {
        self.numbers.insert(id, number);
    }

    /// Writes everything that is referred to and not yet written.
    pub(super) fn write_waiting(&mut self) {
        while let Some((id, number)) = self.waiting.pop() {
            let object = self.xref.get::<Object<'a>>(id);
            if let Some(Object::Stream(stream)) = object {
                self.write_stream(number, &stream);
            } else {
                let mut body = Vec::new();
                match object {
                    Some(object) => self.value(&mut body, &object, 0),
                    None => body.extend_from_slice(b"null"),
                }
                self.file.object(number, &body);
            }
        }
    }

    fn write_stream(&mut self, number: usize, stream: &Stream<'a>) {
        let mut entries = Vec::new();
        let dict = stream.dict();
        // The data comes decrypted, so a filter that decrypts must not be named any more.
        let decrypts = stream.filters().first() == Some(&Filter::Crypt);
        let by_hand: &[&[u8]] = if decrypts {
            &[keys::LENGTH, keys::FILTER, keys::F, keys::DECODE_PARMS, keys::DP]
        } else {
            &[keys::LENGTH]
        };
        self.entries(&mut entries, dict, by_hand, 0);
        if decrypts {
            for (key, short) in [(keys::FILTER, keys::F), (keys::DECODE_PARMS, keys::DP)] {
                let filters = dict.get::<Array<'_>>(key).or_else(|| dict.get::<Array<'_>>(short));
                let Some(filters) = filters else { continue };
                objects::name(&mut entries, key);
                entries.push(b'[');
                for filter in filters.raw_iter().skip(1) {
                    self.maybe_reference(&mut entries, &filter, 0);
                    entries.push(b' ');
                }
                entries.push(b']');
            }
        }
        self.file.stream(number, &entries, &stream.raw_data());
    }

    /// Writes a value that may be a reference; what stays behind becomes null.
    pub(super) fn maybe_reference(
        &mut self,
        to: &mut Vec<u8>,
        value: &MaybeRef<Object<'a>>,
        depth: usize,
    ) {
        match value {
            MaybeRef::NotRef(object) => self.value(to, object, depth),
            MaybeRef::Ref(reference) => match self.number((*reference).into()) {
                Some(number) => objects::reference(to, number),
                None => to.extend_from_slice(b"null"),
            },
        }
    }

    fn value(&mut self, to: &mut Vec<u8>, object: &Object<'a>, depth: usize) {
        match object {
            Object::Boolean(value) => {
                to.extend_from_slice(if *value { b"true" } else { b"false" });
            }
            Object::Number(value) => objects::number(to, value.as_f64()),
            Object::String(value) => objects::string(to, value.as_bytes()),
            Object::Name(value) => objects::name(to, value),
            Object::Dict(dict) if depth < DEPTH_MAX => {
                to.extend_from_slice(b"<<");
                self.entries(to, dict, &[], depth + 1);
                to.extend_from_slice(b">>");
            }
            Object::Array(array) if depth < DEPTH_MAX => self.array(to, array, false, depth + 1),
            // A stream is never direct.
            Object::Null(_) | Object::Dict(_) | Object::Array(_) | Object::Stream(_) => {
                to.extend_from_slice(b"null");
            }
        }
    }

    /// Writes an array; `dense` leaves no place for what stays behind.
    fn array(&mut self, to: &mut Vec<u8>, array: &Array<'a>, dense: bool, depth: usize) {
        to.push(b'[');
        for item in array.raw_iter() {
            let stays = item.as_obj_ref().is_some_and(|id| self.number(id.into()).is_none());
            if !(dense && stays) {
                self.maybe_reference(to, &item, depth);
                to.push(b' ');
            }
        }
        to.push(b']');
    }

    /// Writes the entries of a dictionary without its brackets.
    pub(super) fn entries(
        &mut self,
        to: &mut Vec<u8>,
        dict: &Dict<'a>,
        but: &[&[u8]],
        depth: usize,
    ) {
        for (key, value) in dict.entries() {
            let key: &[u8] = &key;
            if but.contains(&key) || LEFT_OUT.contains(&key) || self.leads_away(dict, key) {
                continue;
            }
            objects::name(to, key);
            to.push(b' ');
            // References to what stays behind would leave nulls in these.
            let list = matches!(key, b"Kids" | b"Annots" | b"Fields");
            match dict.get::<Array<'a>>(key).filter(|_| list) {
                Some(array) => self.array(to, &array, true, depth + 1),
                None => self.maybe_reference(to, &value, depth),
            }
        }
    }

    /// The entry is a link to a page that stays behind, or to a place that only the whole
    /// document's names tell.
    fn leads_away(&mut self, dict: &Dict<'a>, key: &[u8]) -> bool {
        let target = match key {
            b"Dest" => dict.get::<Object<'_>>(key),
            b"A" => {
                let action = dict.get::<Dict<'_>>(key).unwrap_or_default();
                let kind = action.get::<Name<'_>>(keys::S);
                let goes = kind.is_some_and(|kind| &*kind == b"GoTo");
                action.get::<Object<'_>>(keys::D).filter(|_| goes)
            }
            _ => None,
        };
        match target {
            Some(Object::Array(target)) => {
                let page = target.raw_iter().next().and_then(|page| page.as_obj_ref());
                page.is_none_or(|page| self.number(page.into()).is_none())
            }
            Some(_) => true,
            None => false,
        }
    }

    /// The new number of an object, which is then written in its turn.
    fn number(&mut self, id: ObjectIdentifier) -> Option<usize> {
        if let Some(known) = self.numbers.get(&id) {
            return *known;
        }
        let comes = match self.xref.get::<Object<'a>>(id) {
            Some(Object::Dict(dict)) => self.comes_along(id, &dict),
            Some(_) => true,
            None => false,
        };
        let number = comes.then(|| self.file.allot());
        self.numbers.insert(id, number);
        self.waiting.extend(number.map(|number| (id, number)));
        number
    }

    fn comes_along(&self, id: ObjectIdentifier, dict: &Dict<'a>) -> bool {
        let kind = dict.get::<Name<'_>>(keys::TYPE);
        let beyond = kind.is_some_and(|kind| BEYOND.contains(&&*kind));
        !beyond && (!is_field(dict) || self.fields.contains(&id))
    }
}

/// Fields of forms name their kind or their kids, and the boxes in which they are shown.
pub(super) fn is_field(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>(keys::SUBTYPE).is_some_and(|kind| &*kind == b"Widget")
        || dict.contains_key(keys::FT)
        || dict.contains_key(keys::T) && dict.contains_key(keys::KIDS)
}
