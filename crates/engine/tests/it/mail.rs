//! Mails and their attachments.

use docket_contract::spec::PageRange;
use docket_contract::{ParseResult, ParseSpec, WarningCode};
use docket_engine::{Error, Limits, ParseRequest, inspect, parse};
use docket_testkit::pdf::{Font, PdfBuilder};
use uuid::Uuid;

use crate::support::{markdown, outline};

fn read(mail: &[u8], limits: &Limits) -> Result<ParseResult, Error> {
    let spec = ParseSpec::default();
    let request = ParseRequest { limits, ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(mail.to_vec(), &request, &mut |_| {})
}

fn head(subject: &str) -> String {
    format!(
        "From: Odile <odile@example.org>\r\nTo: bram@example.org\r\nCc: Ines <ines@example.org>\r\n\
         Subject: {subject}\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n"
    )
}

/// A mail with these attachments: names, media types and contents.
fn mail(subject: &str, body: &str, attachments: &[(&str, &str, Vec<u8>)]) -> Vec<u8> {
    let boundary = format!("part-{}", subject.replace(' ', "-"));
    let mut mail = head(subject).into_bytes();
    mail.extend(format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n").bytes());
    mail.extend(format!("--{boundary}\r\nContent-Type: text/plain\r\n\r\n{body}\r\n").bytes());
    for (name, media_type, content) in attachments {
        let head = format!(
            "--{boundary}\r\nContent-Type: {media_type}\r\nContent-Disposition: attachment; \
             filename=\"{name}\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        );
        mail.extend(head.bytes());
        mail.extend(content);
        mail.extend(b"\r\n");
    }
    mail.extend(format!("--{boundary}--\r\n").bytes());
    mail
}

fn pdf() -> Vec<u8> {
    PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 11.0, Font::Helvetica, "Berth contract of Marrow"))
        .page(|page| page.text(72.0, 90.0, 11.0, Font::Helvetica, "Signed in Delft"))
        .build()
}

fn warnings(result: &ParseResult, code: WarningCode) -> Vec<&str> {
    let warnings = result.warnings.iter().filter(|warning| warning.code == code);
    warnings.map(|warning| warning.message.as_str()).collect()
}

#[test]
fn attachments_are_documents_on_the_pages_that_follow() {
    let inner = mail(
        "The old offer",
        "We offered 60*40*30.",
        &[("list.csv", "text/csv", b"Item,Price\nLamp,12\n".to_vec())],
    );
    let whole = mail(
        "Berth 12",
        "See the files.",
        &[
            ("contract.pdf", "application/pdf", pdf()),
            ("note.txt", "text/plain", b"Pay at the desk.".to_vec()),
            ("offer.eml", "message/rfc822", inner),
            ("data.bin", "application/octet-stream", b"\x01\x02\x03".to_vec()),
        ],
    );
    let result = read(&whole, &Limits::DEFAULT).unwrap();
    let inspection = inspect(whole, None, None, &Limits::DEFAULT).unwrap();
    assert_eq!((result.page_count, inspection.page_count), (6, Some(6)));
    let text = markdown(&result);
    for want in [
        "# Berth 12",
        "From: Odile \\<odile@example.org>",
        "Cc: Ines \\<ines@example.org>",
        "## Attachments",
        "See the files.",
        "## contract.pdf",
        "Berth contract of Marrow",
        "Signed in Delft",
        "Pay at the desk.",
        "We offered 60*40*30.",
        "| Lamp | 12 |",
    ] {
        assert!(text.contains(want), "{want}\n{text}");
    }
    let pages: Vec<usize> = result
        .chunks
        .iter()
        .flat_map(|chunk| &chunk.segments)
        .map(|segment| segment.page_number)
        .collect();
    assert!(pages.is_sorted() && pages.contains(&6), "{pages:?}");
    let dropped = warnings(&result, WarningCode::ContentDropped);
    assert_eq!(dropped.len(), 1, "{dropped:?}");
    assert!(dropped[0].starts_with("Attachment 4 is not in the result"), "{dropped:?}");
    assert!(result.coverage.iter().all(|page| page.coverage == 1.0), "{:?}", result.coverage);
}

#[test]
fn a_page_range_selects_pages_of_attachments() {
    let whole = mail("Berth 12", "See.", &[("contract.pdf", "application/pdf", pdf())]);
    let spec =
        ParseSpec { page_range: Some(PageRange::parse("3").unwrap()), ..ParseSpec::default() };
    let result = parse(whole, &ParseRequest::new(&spec, Uuid::nil()), &mut |_| {}).unwrap();
    let texts: Vec<String> = outline(&result).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["Signed in Delft"]);
    assert_eq!(result.page_count, 3);
}

#[test]
fn a_body_that_is_a_web_page_keeps_its_shape() {
    let page = "<html><body><h2>Fees</h2><p>Due <b>at once</b>, 60*40.</p><table><tr><th>Berth</th>\
                <th>Fee</th></tr><tr><td>12</td><td>95</td></tr></table></body></html>";
    let whole = format!("{}Content-Type: text/html\r\n\r\n{page}\r\n", head("Fees"));
    let text = markdown(&read(whole.as_bytes(), &Limits::DEFAULT).unwrap());
    for want in ["Due **at once**, 60*40.", "| Berth | Fee |", "| 12 | 95 |"] {
        assert!(text.contains(want), "{want}\n{text}");
    }
}

#[test]
fn mails_within_mails_and_many_attachments_meet_their_limits() {
    let mut nested = mail("Level 0", "Bottom.", &[]);
    for level in 1..8 {
        let name = format!("{level}.eml");
        nested = mail(&format!("Level {level}"), "x", &[(&name, "message/rfc822", nested)]);
    }
    let result = read(&nested, &Limits::DEFAULT).unwrap();
    let dropped = warnings(&result, WarningCode::ContentDropped);
    assert!(dropped.iter().any(|one| one.contains("the limit mails_nested is 5")), "{dropped:?}");
    assert_eq!(result.page_count, 6);

    let one = || ("n.txt", "text/plain", b"word".to_vec());
    let many = mail("Many", "x", &std::array::from_fn::<_, 12, _>(|_| one()));
    let limits = Limits { attachments: 10, ..Limits::DEFAULT };
    let dropped = read(&many, &limits).unwrap();
    let dropped = warnings(&dropped, WarningCode::ContentDropped);
    assert_eq!(dropped.len(), 2);
    assert!(dropped[0].contains("the limit attachments is 10"), "{dropped:?}");

    let parts = "multipart/mixed; boundary=x\r\n".repeat(1_000);
    let hostile = format!("{}Content-Type: {parts}\r\n\r\n", head("Parts"));
    let error = read(hostile.as_bytes(), &Limits::DEFAULT).unwrap_err();
    assert!(error.to_string().contains("the limit depth is"), "{error}");
}

/// An OLE container with these streams, in storages where a name has a slash (MS-CFB). Streams have
/// at least 4096 bytes.
#[expect(clippy::too_many_lines, reason = "one sector after the other")]
pub(crate) fn container(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    const NONE: u32 = 0xFFFF_FFFF;
    let mut names: Vec<(String, Option<usize>, Option<usize>)> =
        vec![("Root Entry".into(), None, None)];
    for (index, (name, _)) in streams.iter().enumerate() {
        let (folder, name) = name.split_once('/').map_or((None, *name), |(a, b)| (Some(a), b));
        let parent = folder.map_or(0, |folder| {
            names.iter().position(|(known, ..)| known == folder).unwrap_or_else(|| {
                names.push((folder.to_owned(), Some(0), None));
                names.len() - 1
            })
        });
        names.push((name.to_owned(), Some(parent), Some(index)));
    }
    let directory = names.len().div_ceil(4);
    let sizes: Vec<usize> = streams.iter().map(|(_, data)| data.len().max(4096)).collect();
    let data: usize = sizes.iter().map(|size| size.div_ceil(SECTOR)).sum();
    let tables = (directory + data + 2).div_ceil(127).max(1);
    let mut table = vec![0xFFFF_FFFD_u32; tables];
    let chain = |count: usize, table: &mut Vec<u32>| {
        let first = table.len() as u32;
        (1..count).for_each(|next| table.push(first + next as u32));
        table.push(END);
        first
    };
    let directory_start = chain(directory, &mut table);
    let starts: Vec<u32> =
        sizes.iter().map(|size| chain(size.div_ceil(SECTOR), &mut table)).collect();
    table.resize(tables * 128, NONE);
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(24, 0);
    file.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    file.resize(44, 0);
    for number in [tables as u32, directory_start, 0, 4096, END, 0, END, 0] {
        file.extend(number.to_le_bytes());
    }
    (0..109).for_each(|at: u32| {
        file.extend(if (at as usize) < tables { at } else { NONE }.to_le_bytes());
    });
    table.iter().for_each(|entry| file.extend(entry.to_le_bytes()));
    for (index, (name, parent, stream)) in names.iter().enumerate() {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let name_bytes = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(name_bytes.to_le_bytes());
        let kind = if index == 0 {
            5
        } else if stream.is_some() {
            2
        } else {
            1
        };
        entry.extend([kind, 1]);
        let next = names
            .iter()
            .enumerate()
            .skip(index + 1)
            .find(|(_, other)| index > 0 && other.1 == *parent);
        let child = names.iter().position(|other| other.1 == Some(index));
        let number = |at: Option<usize>| at.map_or(NONE, |at| at as u32);
        for link in [NONE, number(next.map(|(at, _)| at)), number(child)] {
            entry.extend(link.to_le_bytes());
        }
        entry.resize(116, 0);
        entry.extend(stream.map_or(END, |stream| starts[stream]).to_le_bytes());
        entry.extend((stream.map_or(0, |stream| sizes[stream]) as u64).to_le_bytes());
        file.extend(entry);
    }
    file.resize(SECTOR * (1 + tables + directory), 0);
    for ((_, data), size) in streams.iter().zip(&sizes) {
        let start = file.len();
        file.extend(data);
        file.resize(start + size.div_ceil(SECTOR) * SECTOR, 0);
    }
    file
}

/// Text as Outlook stores it, with spaces up to the size that needs no small stream.
fn outlook(text: &str) -> Vec<u8> {
    format!("{text:2100}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn mails_of_outlook_are_read_with_their_attachments() {
    let mut csv = b"Item,Price\nLamp,12\n".to_vec();
    csv.resize(4096, b'\n');
    let file = container(&[
        ("__properties_version1.0", vec![0; 4096]),
        ("__substg1.0_0037001F", outlook("Berth 12")),
        ("__substg1.0_0C1A001F", outlook("Odile")),
        ("__substg1.0_0C1F001F", outlook("odile@example.org")),
        ("__substg1.0_1000001F", outlook("Pay EUR 131.50 for 6*4*3.")),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", outlook("list.csv")),
        ("__attach_version1.0_#00000000/__substg1.0_37010102", csv),
    ]);
    let result = read(&file, &Limits::DEFAULT).unwrap();
    let text = markdown(&result);
    for want in ["Berth 12", "Odile", "Pay EUR 131.50 for 6*4*3.", "## list.csv", "| Lamp | 12 |"] {
        assert!(text.contains(want), "{want}\n{text}");
    }
    assert_eq!(result.page_count, 2);
}
