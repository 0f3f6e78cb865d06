//! The parts of an Office package, read piece by piece and never as a whole.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::lists::{ListCounter, Relation};
use super::markup::{Scanner, Sink};
use crate::error::{Damage, Error};
use crate::limits::{Limit, Limits};
use crate::source::office::container::entry_count;

/// What is inflated at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// Smaller files may inflate as much as they want.
const RATIO_FROM_BYTES: u64 = 16 << 20;

/// A package under inspection.
pub(in crate::source::office) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    limits: &'b Limits,
    names: HashMap<String, usize>,
    /// Bytes of all parts that were read so far, and of those that are XML.
    inflated: u64,
    xml: u64,
    /// The inflated bytes of each part that was read.
    sizes: HashMap<usize, u64>,
    /// Its parts may declare a document type, as those of books do.
    declares: bool,
    /// A part ends before its end.
    damaged: bool,
}

impl<'b> Package<'b> {
    /// Opens a package; `None` if the bytes are none.
    ///
    /// # Errors
    /// If it has more parts than the limit allows.
    pub(in crate::source::office) fn open(
        bytes: &'b [u8],
        limits: &'b Limits,
    ) -> Result<Option<Self>, Error> {
        limits.check(Limit::PackageParts, entry_count(bytes) as u64)?;
        let at_zero = Config { archive_offset: ArchiveOffset::Known(0) };
        let opened = ZipArchive::with_config(at_zero, Cursor::new(bytes))
            .or_else(|_| ZipArchive::new(Cursor::new(bytes)));
        let Ok(mut zip) = opened else { return Ok(None) };
        limits.check(Limit::PackageParts, zip.len() as u64)?;
        let mut names = HashMap::new();
        for index in 0..zip.len() {
            if let Ok(file) = zip.by_index_raw(index)
                && let Ok(name) = file.name()
            {
                names.insert(name.to_ascii_lowercase(), index);
            }
        }
        let sizes = HashMap::new();
        Ok(Some(Self {
            zip,
            limits,
            names,
            inflated: 0,
            xml: 0,
            sizes,
            declares: false,
            damaged: false,
        }))
    }

    /// Accepts document types. Entities that they declare are not resolved by what reads the parts.
    pub(in crate::source::office) fn allow_document_types(&mut self) {
        self.declares = true;
    }

    /// The names of all parts that are XML, by their content or their name. The others are inflated,
    /// to see that they are no larger than a limit allows.
    ///
    /// # Errors
    /// If they are.
    pub(in crate::source::office) fn xml_parts(&mut self) -> Result<Vec<String>, Error> {
        let mut parts = Vec::new();
        let mut all: Vec<(String, usize)> =
            self.names.iter().map(|(name, index)| (name.clone(), *index)).collect();
        all.sort_unstable();
        for (name, index) in all {
            if has_xml_name(&name) || self.begins_like_xml(index) {
                parts.push(name);
            } else {
                self.read(index, false, &mut |_| {})?;
            }
        }
        Ok(parts)
    }

    /// The first part whose name ends so.
    pub(super) fn find(&self, end: &str) -> Option<String> {
        self.names.keys().filter(|name| name.ends_with(end)).min().cloned()
    }

    fn begins_like_xml(&mut self, index: usize) -> bool {
        let mut head = [0; 64];
        let read = self.zip.by_index(index).map(|mut file| file.read(&mut head).unwrap_or(0));
        let head = &head[..read.unwrap_or(0)];
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        text.first() == Some(&b'<')
    }

    /// True if a part that was read so far is damaged.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The inflated bytes of a part that was counted.
    pub(super) fn size_of(&self, name: &str) -> u64 {
        let index = self.names.get(&name.to_ascii_lowercase());
        index.and_then(|index| self.sizes.get(index)).copied().unwrap_or(0)
    }

    /// Scans a part; false if it is not there.
    ///
    /// # Errors
    /// If it is beyond a limit.
    pub(in crate::source::office) fn scan(
        &mut self,
        name: &str,
        sink: &mut dyn Sink,
    ) -> Result<bool, Error> {
        let is_there = self.names.contains_key(&name.to_ascii_lowercase());
        self.elements_of(name, sink)?;
        Ok(is_there)
    }

    /// Scans a part and counts its elements.
    ///
    /// # Errors
    /// If it is beyond a limit.
    pub(super) fn elements_of(&mut self, name: &str, sink: &mut dyn Sink) -> Result<u64, Error> {
        let index = self.names.get(&name.to_ascii_lowercase()).copied();
        let Some(index) = index else { return Ok(0) };
        let mut scanner = Scanner::new();
        self.read(index, true, &mut |piece| scanner.feed(piece, sink))?;
        if scanner.declares && !self.declares {
            return Err(Error::UnreadableFile(Damage::Declares));
        }
        self.limits.check(Limit::Depth, scanner.depth_max)?;
        self.limits.check(Limit::Elements, scanner.elements)?;
        self.damaged |= scanner.is_cut() && is_main(name);
        Ok(scanner.elements)
    }

    /// What a part refers to, by identifier, with the names of the parts as targets.
    ///
    /// # Errors
    /// If the list is beyond a limit.
    pub(in crate::source::office) fn targets_of(
        &mut self,
        part: &str,
    ) -> Result<HashMap<String, Relation>, Error> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let separator = if folder.is_empty() { "" } else { "/" };
        let mut list = ListCounter::default();
        self.scan(&format!("{folder}{separator}_rels/{file}.rels"), &mut list)?;
        let resolved = list.relations.into_iter().map(|relation| {
            let target = resolve(folder, &relation.target).to_ascii_lowercase();
            (relation.id.clone(), Relation { target, ..relation })
        });
        Ok(resolved.collect())
    }

    /// Reads a part to its end, or to the first limit. What cannot be read ends here: its reader will
    /// find the same.
    fn read(
        &mut self,
        index: usize,
        is_xml: bool,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let Ok(mut file) = self.zip.by_index(index) else {
            self.damaged = true;
            return Ok(());
        };
        let packed = file.compressed_size().max(1);
        self.limits.check(Limit::PackageBytes, file.size())?;
        let is_new = !self.sizes.contains_key(&index);
        let mut piece = vec![0; PIECE_BYTES];
        let mut bytes = 0_u64;
        loop {
            let length = match file.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(_) => {
                    self.damaged = true;
                    break;
                }
            };
            bytes += length as u64;
            if is_new {
                self.inflated += length as u64;
                self.xml += if is_xml { length as u64 } else { 0 };
                self.limits.check(Limit::PackageBytes, self.inflated)?;
                self.limits.check(Limit::XmlBytes, self.xml)?;
            }
            if !is_xml && bytes > RATIO_FROM_BYTES {
                self.limits.check(Limit::PackageRatio, bytes / packed)?;
            }
            take(&piece[..length]);
        }
        drop(file);
        self.sizes.insert(index, bytes);
        Ok(())
    }
}

/// True for the parts that hold the document: others leave elements open, or have other encodings.
fn is_main(name: &str) -> bool {
    let is_in = ["word/", "ppt/", "xl/"].iter().any(|folder| name.starts_with(folder));
    name.ends_with(".xml") && is_in || name == "content.xml"
}

fn has_xml_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["xml", "rels", "vml", "xhtml", "html", "htm", "opf", "ncx"]
        .iter()
        .any(|xml| extension.eq_ignore_ascii_case(xml))
}

/// The name of a part that another in this folder refers to.
fn resolve(folder: &str, target: &str) -> String {
    let (base, target) = match target.strip_prefix('/') {
        Some(target) => ("", target),
        None => (folder, target),
    };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
