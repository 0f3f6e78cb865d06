//! Forms in XML (XFA): the values that their data hold, and the captions of forms that have no other
//! fields (ISO 32000-1, 12.7.8).

use std::collections::HashMap;

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::keys;
use hayro_syntax::object::{Array, Dict, Object, Stream};
use roxmltree::{Document as Xml, Node, ParsingOptions};

use super::streams::check_stream;
use crate::limits::{Limit, Limits};

/// Parts of a form that are read.
const PACKETS_MAX: usize = 32;
const NODES_MAX: u32 = 500_000;
const BYTES_MAX: usize = 8 << 20;
/// Fields of a form that are read.
const FIELDS_MAX: usize = 5_000;

/// What a form in XML says.
#[derive(Debug, Default)]
pub(crate) struct Xfa {
    /// By the name of a field: its values in the order of the data.
    values: HashMap<String, Vec<String>>,
    /// Caption and value of every field, if the form has no fields on its pages.
    pub captioned: Vec<(String, String)>,
}

impl Xfa {
    /// Reads the form of a document, if it has one.
    pub(crate) fn read(pdf: &Pdf, limits: &Limits) -> Self {
        let mut form = Self::default();
        let xref = pdf.xref();
        let root = xref.get::<Dict<'_>>(xref.root_id());
        let Some(fields) = root.and_then(|root| root.get::<Dict<'_>>(&b"AcroForm"[..])) else {
            return form;
        };
        let packets: Vec<Stream<'_>> = match fields.get::<Object<'_>>(&b"XFA"[..]) {
            Some(Object::Stream(whole)) => vec![whole],
            Some(Object::Array(packets)) => {
                packets.iter::<Object<'_>>().filter_map(Object::into_stream).collect()
            }
            _ => return form,
        };
        let has_fields =
            |fields: Array<'_>| fields.iter::<Dict<'_>>().any(|field| has_widget(&field));
        let is_dynamic = !fields.get::<Array<'_>>(&b"Fields"[..]).is_some_and(has_fields);
        let texts: Vec<String> = packets
            .iter()
            .take(PACKETS_MAX)
            .filter(|packet| check_stream(packet, limits, Limit::StreamBytes).is_ok())
            .filter_map(|packet| packet.decoded_data().ok())
            .filter(|bytes| bytes.len() <= BYTES_MAX)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect();
        let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX };
        let parsed: Vec<Xml<'_>> =
            texts.iter().filter_map(|text| Xml::parse_with_options(text, options).ok()).collect();
        for data in parsed.iter().flat_map(|xml| named(xml, "data")) {
            form.take_data(data);
        }
        if is_dynamic {
            for template in parsed.iter().flat_map(|xml| named(xml, "template")) {
                form.take_template(template);
            }
        }
        form
    }

    /// The value of the field with this name, which may have its number among those of its name:
    /// `form1[0].page[0].surname[0]`.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let last = name.rsplit('.').next()?;
        let (base, number) = last.split_once('[').unwrap_or((last, "0]"));
        let number: usize = number.trim_end_matches(']').parse().unwrap_or(0);
        self.values.get(base)?.get(number).map(String::as_str)
    }

    fn take_data(&mut self, data: Node<'_, '_>) {
        let leaves = data
            .descendants()
            .filter(|node| node.is_element() && !node.children().any(|child| child.is_element()));
        for leaf in leaves.take(FIELDS_MAX) {
            let value = text_of(leaf);
            self.values.entry(leaf.tag_name().name().to_owned()).or_default().push(value);
        }
    }

    fn take_template(&mut self, template: Node<'_, '_>) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let fields = template.descendants().filter(|node| node.has_tag_name_local("field"));
        for field in fields.take(FIELDS_MAX) {
            let Some(name) = field.attribute("name") else { continue };
            let nth = seen.entry(name).or_default();
            let values = self.values.get(name);
            let value = values.and_then(|values| values.get(*nth)).cloned().unwrap_or_default();
            *nth += 1;
            let caption = field.children().find(|node| node.has_tag_name_local("caption"));
            let caption = caption.map(text_of).unwrap_or_default();
            if !value.is_empty() || !caption.is_empty() {
                self.captioned.push((caption, value));
            }
        }
    }
}

/// Names without their namespaces, which change with the version of the form.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn named<'x>(xml: &'x Xml<'_>, name: &'static str) -> impl Iterator<Item = Node<'x, 'x>> {
    // The first one only: data may have a field of this name.
    let found = xml.root().descendants().find(move |node| node.has_tag_name_local(name));
    found.into_iter()
}

/// The text within an element, white space as one blank.
fn text_of(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|part| part.text());
    let joined = texts.collect::<Vec<_>>().join(" ");
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The field, or one within it, shows itself on a page.
fn has_widget(field: &Dict<'_>) -> bool {
    let kids = field.get::<Array<'_>>(keys::KIDS).unwrap_or_default();
    field.contains_key(keys::RECT) || kids.iter::<Dict<'_>>().next().is_some()
}
