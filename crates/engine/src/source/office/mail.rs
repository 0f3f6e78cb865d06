//! Mails (RFC 5322): the head, the text or the web page in it, and the names of attachments.

use mail_parser::{Addr, Address, Message, MessageParser, MimeHeaders, PartType};

use super::blocks::blocks;
use super::document::OfficeDocument;
use super::elements::{Element, Elements, Kind};
use super::format::OfficeFormat;
use super::plain;
use crate::error::{Damage, Error};
use crate::limits::Limits;
use crate::model::{Intake, Role};

/// Reads a mail; `web_page` reads a body that is one.
///
/// # Errors
/// If it is none, or beyond a limit.
pub(super) fn read(
    bytes: &[u8],
    web_page: &dyn Fn(Vec<u8>) -> Result<OfficeDocument, Error>,
    mut intake: Intake,
    limits: &Limits,
) -> Result<OfficeDocument, Error> {
    let mail = MessageParser::default().parse(bytes);
    let mail = mail.ok_or(Error::UnreadableFile(Damage::Corrupt))?;
    let page = intake.page(1);
    for text in head(&mail).into_iter().chain(texts(&mail)) {
        page.text.add(&text);
    }
    let mut list = Elements::new(limits);
    list.push(Kind::Heading(1), one_line(mail.subject().unwrap_or_default()).into());
    for line in head(&mail).into_iter().skip(1) {
        list.push(Kind::Text(Role::Paragraph), line.into());
    }
    let texts = texts(&mail);
    let page = if texts.is_empty() { page_of(&mail) } else { None };
    texts.iter().for_each(|text| paragraphs(text, &mut list));
    let mut document = document(list)?;
    if let Some(page) = page {
        let read = web_page(page.into_bytes())?;
        document.blocks.extend(read.blocks);
        if let Some(held) = read.intake.pages.into_values().next() {
            intake.page(1).join(held);
        }
    }
    let mut list = Elements::new(limits);
    let mut names = mail.attachments().enumerate().peekable();
    if names.peek().is_some() {
        list.push(Kind::Text(Role::Heading(2)), "Attachments".into());
    }
    for (index, part) in names {
        let name = part.attachment_name().map(one_line).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("attachment-{}", index + 1));
        let kind = part.content_type().map(|kind| {
            let subtype = kind.subtype().map(|subtype| format!("/{subtype}"));
            format!(" ({}{})", kind.ctype(), subtype.unwrap_or_default())
        });
        let text = format!("\u{2022} {name}{}", kind.unwrap_or_default());
        list.push(Kind::Text(Role::ListItem(0)), text.into());
    }
    document.blocks.extend(self::document(list)?.blocks);
    Ok(OfficeDocument { intake, ..document })
}

fn document(list: Elements<'_>) -> Result<OfficeDocument, Error> {
    let (elements, page_count): (Vec<Element>, usize) = list.finish()?;
    let (pages, blocks) = blocks(elements, page_count);
    let (left_out, intake) = (Vec::new(), Intake::default());
    Ok(OfficeDocument { pages, blocks, left_out, intake, damaged: false })
}

/// The subject, and a line for each group of people and for the date.
fn head(mail: &Message<'_>) -> Vec<String> {
    let mut lines = vec![one_line(mail.subject().unwrap_or_default())];
    for (label, people) in [("From", mail.from()), ("To", mail.to()), ("Cc", mail.cc())] {
        let people = people.map(addresses).unwrap_or_default();
        if !people.is_empty() {
            lines.push(format!("{label}: {people}"));
        }
    }
    let date = mail.date().map(|date| date.to_rfc3339().replace('Z', "+00:00"));
    lines.extend(date.map(|date| format!("Date: {date}")));
    lines
}

fn addresses(people: &Address<'_>) -> String {
    let one = |person: &Addr<'_>| {
        let name = person.name().map(one_line).filter(|name| !name.is_empty());
        let address = person.address().map(one_line).filter(|address| !address.is_empty());
        match (name, address) {
            (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
            (name, address) => name.or(address),
        }
    };
    people.iter().filter_map(one).collect::<Vec<_>>().join(", ")
}

/// The plain texts.
fn texts(mail: &Message<'_>) -> Vec<String> {
    let part = |at: usize| mail.text_part(u32::try_from(at).ok()?);
    let texts = (0..mail.text_body_count()).filter_map(part).filter_map(|part| match &part.body {
        PartType::Text(text) if !text.trim().is_empty() => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The web page of a mail without plain text.
fn page_of(mail: &Message<'_>) -> Option<String> {
    let pages = (0..mail.html_body_count()).filter_map(|at| mail.body_html(at));
    let pages: Vec<_> = pages.filter(|page| !page.trim().is_empty()).collect();
    (!pages.is_empty()).then(|| pages.concat())
}

/// Paragraphs are apart by empty lines; their own lines stay lines.
fn paragraphs(text: &str, to: &mut Elements<'_>) {
    plain::read(&text.replace("\r\n", "\n").replace('\r', "\n"), OfficeFormat::Text, to);
}

/// No line of a head can pretend to be another.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
