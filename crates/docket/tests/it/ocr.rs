//! Scans and images, read by a real Tesseract.

use std::time::Duration;

use docket_testkit::pdf::{Font, Page, PdfBuilder};
use docket_testkit::scan::{image_file, scan, scanned_pdf};
use docket_worker::{TesseractSettings, WorkerSettings};
use image::{GrayImage, ImageFormat, imageops};
use serde_json::Value;

use crate::app::{App, Database, argument, child_command, program, text_of, until};
use crate::on_both_databases;

on_both_databases!(
    images_of_every_kind_are_read,
    boxes_on_scanned_pages_are_found,
    small_pictures_of_tables_are_read_row_by_row,
    scanned_pages_are_read_page_by_page,
    without_tesseract_scans_fail_and_say_so,
    a_tesseract_that_hangs_costs_its_page_only,
    cancelling_a_job_ends_its_tesseract,
    pages_of_one_document_are_read_at_the_same_time,
    recognition_has_a_limit_for_the_whole_document,
    tesseract_is_confined,
);

/// A page with a heading and a paragraph.
fn sheet() -> GrayImage {
    let lines = [
        "The harbour was dredged again in the spring of that year, and ships of",
        "greater draught could reach the quay. Trade doubled within two seasons.",
    ];
    let document = PdfBuilder::new().page(|page| {
        let page = page.text(72.0, 100.0, 22.0, Font::TimesBold, "Harbour Report");
        lines.iter().enumerate().fold(page, |page, (row, line)| {
            page.text(72.0, 140.0 + 15.0 * row as f64, 12.0, Font::Times, line)
        })
    });
    scan(document.build(), 200.0)
}

fn check_read(parsed: &Value) {
    let text = text_of(parsed);
    assert!(text.contains("# Harbour Report"), "{text}");
    assert!(
        text.contains("dredged again in the spring of that year, and ships of greater"),
        "{text}"
    );
    assert_eq!(parsed["page_count"], 1);
    assert_eq!(parsed["credit_used"], 1);
    let segments = parsed["chunks"][0]["segments"].as_array().unwrap();
    let words: Vec<&Value> = segments.iter().flat_map(|s| s["ocr"].as_array().unwrap()).collect();
    assert!(words.iter().any(|word| word["text"] == "Harbour"));
    for word in words {
        assert!((0.3..1.0).contains(&word["confidence"].as_f64().unwrap()), "{word}");
    }
}

async fn images_of_every_kind_are_read(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let upright = sheet();
    let turned = imageops::rotate90(&upright);
    for (format, media_type) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Tiff, "image/tiff"),
        (ImageFormat::WebP, "image/webp"),
        (ImageFormat::Bmp, "image/bmp"),
    ] {
        let parsed = app.parse(image_file(&upright, format), &[]).await;
        assert_eq!(parsed["file_type"], media_type);
        check_read(&parsed);
    }
    check_read(&app.parse(image_file(&turned, ImageFormat::Png), &[]).await);
    app.stop().await;
}

/// A form with a box before each line: empty, ticked by two strokes, by one that leaves the box,
/// and blackened; and one box behind its text.
fn ticked_form() -> GrayImage {
    let rows = ["Fire insurance", "Theft insurance", "Flood insurance", "Travel insurance"];
    let document = PdfBuilder::new().page(|page| {
        let page = page.text(72.0, 100.0, 20.0, Font::HelveticaBold, "Application for cover");
        let page = rows.iter().zip(0_u8..).fold(page, |page, (text, row)| {
            let y = 150.0 + 30.0 * f64::from(row);
            let page = frame(page, 72.0, y - 9.5).text(90.0, y, 12.0, Font::Helvetica, text);
            match row {
                1 => page.line((74.0, y - 8.0), (80.0, y - 1.5), 1.0).line(
                    (74.0, y - 1.5),
                    (80.0, y - 8.0),
                    1.0,
                ),
                2 => page.line((74.0, y - 5.0), (77.0, y - 1.0), 1.0).line(
                    (77.0, y - 1.0),
                    (86.0, y - 14.0),
                    1.0,
                ),
                3 => page.fill(72.0, y - 9.5, 10.0, 10.0, 0.0),
                _ => page,
            }
        });
        let page = page.text(72.0, 300.0, 12.0, Font::Helvetica, "Terms accepted");
        frame(page, 164.0, 290.5)
    });
    scan(document.build(), 200.0)
}

/// A box of ten points.
fn frame(page: Page, x: f64, y: f64) -> Page {
    let (right, bottom) = (x + 10.0, y + 10.0);
    page.line((x, y), (right, y), 0.8)
        .line((x, bottom), (right, bottom), 0.8)
        .line((x, y), (x, bottom), 0.8)
        .line((right, y), (right, bottom), 0.8)
}

async fn boxes_on_scanned_pages_are_found(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let picture = ticked_form();
    let want = [
        "\u{2610} Fire insurance",
        "\u{2611} Theft insurance",
        "\u{2611} Flood insurance",
        "\u{2611} Travel insurance",
        "Terms accepted \u{2610}",
    ];
    let lines = |parsed: &Value| -> Vec<String> {
        let chunks = parsed["chunks"].as_array().unwrap().iter();
        let segments = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
        let texts = segments.map(|segment| segment["content"].as_str().unwrap().to_owned());
        texts.skip(1).collect()
    };
    let asked = [("detect_checkboxes", "true")];
    let image = app.parse(image_file(&picture, ImageFormat::Png), &asked).await;
    assert_eq!(lines(&image), want, "a picture");
    assert!(text_of(&image).contains("- [ ] Fire insurance\n"), "{}", text_of(&image));
    let scanned = app.parse(scanned_pdf(&[(&picture, "")]), &asked).await;
    assert_eq!(lines(&scanned), want, "a scan");
    // Its text was recognised before, without the boxes.
    let layer: String = (0..4)
        .map(|row| format!("BT 3 Tr /F0 12 Tf 88 {} Td (Cover {row}) Tj ET ", 842 - 150 - 30 * row))
        .collect();
    let layered = app.parse(scanned_pdf(&[(&picture, &layer)]), &asked).await;
    let read = lines(&layered).join("\n");
    assert!(read.contains("\u{2611} Cover 1") && read.contains("\u{2611} Cover 3"), "{read}");
    let plain = app.parse(image_file(&picture, ImageFormat::Png), &[]).await;
    assert!(!text_of(&plain).contains(['\u{2610}', '\u{2611}']), "{}", text_of(&plain));
    app.stop().await;
}

/// The rows of a table, as one sees it cut from a page, are read over its whole width: looking for
/// columns would read column by column.
async fn small_pictures_of_tables_are_read_row_by_row(database: Database) {
    let rows = [
        ["Harbour", "Ships", "Tonnes", "Crew"],
        ["Aberdeen", "412", "18,330", "2,901"],
        ["Dundee", "275", "11,084", "1,764"],
        ["Leith", "633", "40,127", "4,455"],
        ["Montrose", "98", "3,519", "612"],
    ];
    let document = PdfBuilder::new().page_sized(330.0, 110.0, |page| {
        rows.iter().zip(0_u8..).fold(page, |page, (cells, row)| {
            let y = 20.0 + 18.0 * f64::from(row);
            let page = page.line((8.0, y + 5.0), (322.0, y + 5.0), 0.6);
            cells
                .iter()
                .zip([10.0, 110.0, 180.0, 260.0])
                .fold(page, |page, (text, x)| page.text(x, y, 10.0, Font::Helvetica, text))
        })
    });
    let picture = scan(document.build(), 110.0);
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(image_file(&picture, ImageFormat::Png), &[]).await;
    let chunks = parsed["chunks"].as_array().unwrap().iter();
    let segments = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
    let tables: Vec<&Value> = segments.filter(|one| one["segment_type"] == "Table").collect();
    assert_eq!(tables.len(), 1, "{}", text_of(&parsed));
    let read: Vec<Vec<&str>> = tables[0]["content"]
        .as_str()
        .unwrap()
        .lines()
        .map(|row| row.split('\t').collect())
        .collect();
    assert_eq!(read, rows, "{}", tables[0]["html"]);
    app.stop().await;
}

async fn scanned_pages_are_read_page_by_page(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let picture = sheet();
    let stamp = "BT /F0 9 Tf 500 20 Td (EXHIBIT 7) Tj ET";
    // A text layer that someone else's OCR has left, which differs from what the picture shows ...
    let lines = ["Text of an earlier recognition which says what it says, line by line,"; 4];
    let layer = format!("BT 3 Tr /F0 12 Tf 14 TL 72 700 Td ({}) Tj ET", lines.join(") Tj T* ("));
    // ... and one that says hardly anything of it.
    let scrap = "BT 3 Tr /F0 12 Tf 72 400 Td (Scanned by a telephone) Tj ET";
    let pdf =
        scanned_pdf(&[(&picture, ""), (&picture, stamp), (&picture, &layer), (&picture, scrap)]);
    let parsed = app.parse(pdf, &[]).await;
    let by_page = |page: u64| -> String {
        let chunks = parsed["chunks"].as_array().unwrap().iter();
        let segments = chunks.flat_map(|chunk| chunk["segments"].as_array().unwrap());
        let texts = segments.filter(|segment| segment["page_number"] == page);
        texts.map(|segment| segment["content"].as_str().unwrap().to_owned() + "\n").collect()
    };
    assert!(by_page(1).contains("Trade doubled within two seasons"), "{}", by_page(1));
    let second = by_page(2);
    assert!(second.contains("Trade doubled within two seasons"), "{second}");
    assert_eq!(second.matches("EXHIBIT 7").count(), 1, "{second}");
    assert_eq!(by_page(3).trim(), lines.join(" "));
    let fourth = by_page(4);
    assert!(fourth.contains("Trade doubled") && fourth.contains("Scanned by"), "{fourth}");
    assert!(parsed["metadata"].get("failed_pages").is_none(), "{}", parsed["metadata"]);
    app.stop().await;
}

async fn without_tesseract_scans_fail_and_say_so(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker_with(with_tesseract("/nowhere/tesseract", Duration::from_secs(9)));
    let created = app.submit(image_file(&sheet(), ImageFormat::Png), &[]).await;
    let job = app.wait(created["job_id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "FAILED");
    assert!(job["error"].as_str().unwrap().contains("Tesseract is not installed"), "{job}");
    assert_eq!(app.jobs.balance(&app.caller).await.unwrap().used, 0);
    app.stop().await;
}

async fn a_tesseract_that_hangs_costs_its_page_only(database: Database) {
    let mut app = App::start(database).await;
    let folder = tempfile::tempdir().unwrap();
    let hanging = script(&folder, "exec sleep 1000");
    app.start_worker_with(with_tesseract(&hanging, Duration::from_millis(300)));
    let document = PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 12.0, Font::Times, "Words of the first page"))
        .page(|page| page.picture(72.0, 72.0, 300.0, 300.0))
        .build();
    let parsed = app.parse(document, &[]).await;
    assert_eq!(parsed["metadata"]["failed_pages"], serde_json::json!([2]));
    let warning = parsed["metadata"]["warnings"][0]["message"].as_str().unwrap();
    assert!(warning.contains("longer than a page may take"), "{warning}");
    assert!(text_of(&parsed).contains("Words of the first page"));
    app.stop().await;
}

async fn cancelling_a_job_ends_its_tesseract(database: Database) {
    let mut app = App::start(database).await;
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::new(&folder);
    let hanging = script(&folder, &gate.wait());
    app.start_worker_with(gate.open_to(with_tesseract(&hanging, Duration::from_secs(1000))));
    let created = app.submit(image_file(&sheet(), ImageFormat::Png), &[]).await;
    until(async || !running(&hanging).is_empty()).await;
    app.delete(&format!("/jobs/{}", created["job_id"].as_str().unwrap())).await;
    until(async || running(&hanging).is_empty()).await;
    app.stop().await;
}

/// Each run of the program waits until another one runs: one at a time would never end.
async fn pages_of_one_document_are_read_at_the_same_time(database: Database) {
    let mut app = App::start(database).await;
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::new(&folder);
    let waiting = script(&folder, &format!("{}\necho \"{ANSWER}\"", gate.wait()));
    app.start_worker_with(gate.open_to(with_tesseract(&waiting, Duration::from_secs(1000))));
    let scan = |page: docket_testkit::pdf::Page| page.picture(0.0, 0.0, 595.0, 842.0);
    let document = PdfBuilder::new().page(scan).page(scan).build();
    let id = app.submit_id(document).await;
    until(async || running(&waiting).len() == 2).await;
    until(async || {
        gate.release();
        app.get_json(&format!("/jobs/{id}")).await["status"] == "COMPLETED"
    })
    .await;
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    assert!(parsed["metadata"].get("failed_pages").is_none(), "{}", parsed["metadata"]);
    assert_eq!(text_of(&parsed).matches("Read").count(), 2, "{parsed}");
    app.stop().await;
}

/// What is left of a document when its time for recognition is over is reported page by page.
async fn recognition_has_a_limit_for_the_whole_document(database: Database) {
    let mut app = App::start(database).await;
    let folder = tempfile::tempdir().unwrap();
    let quick = script(&folder, &format!("echo \"{ANSWER}\""));
    let mut settings = with_tesseract(&quick, Duration::from_secs(20));
    // The first picture takes all of it.
    settings.tesseract.document_time = Duration::from_nanos(1);
    settings.tesseract.parallel = 1;
    app.start_worker_with(settings);
    let scan = |page: docket_testkit::pdf::Page| page.picture(0.0, 0.0, 595.0, 842.0);
    let text = |page: docket_testkit::pdf::Page| {
        page.text(72.0, 90.0, 12.0, Font::Times, "Words of the first page")
    };
    let document = PdfBuilder::new().page(text).page(scan).page(scan).build();
    let parsed = app.parse(document, &[]).await;
    assert!(text_of(&parsed).contains("Words of the first page"));
    assert_eq!(parsed["metadata"]["failed_pages"], serde_json::json!([2, 3]));
    let warnings = parsed["metadata"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    for warning in warnings {
        let message = warning["message"].as_str().unwrap();
        assert!(message.contains("longer than a document may take"), "{message}");
    }
    app.stop().await;
}

/// Tesseract reads its own files, changes none, and reaches neither network nor other programs.
async fn tesseract_is_confined(database: Database) {
    let mut app = App::start(database).await;
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let data = folder.path().join("data");
    std::fs::write(&data, "data\n").unwrap();
    // Bash opens sockets itself. Each attempt adds a word; the words come back as recognised text.
    let attempts = [
        ("data", format!("read line < {}", argument(&data))),
        ("secret", format!("read line < {}", argument(&secret))),
        ("passwd", "read line < /etc/passwd".to_owned()),
        ("write", format!(": > {}", argument(&folder.path().join("new")))),
        ("tcp", ": < /dev/tcp/127.0.0.1/1".to_owned()),
        ("udp", ": > /dev/udp/127.0.0.1/9".to_owned()),
        ("files", "ulimit -n 4096".to_owned()),
        ("kill", "kill -0 $PPID".to_owned()),
        ("environment", "[ -n \"$CARGO_MANIFEST_DIR\" ]".to_owned()),
        // Bash ends where it cannot fork, so this comes last.
        ("fork", "( : )".to_owned()),
    ];
    let answer = ANSWER.replace(">Read<", ">$found<");
    let mut lines = vec![
        "found=Read".to_owned(),
        format!("say() {{ echo \"{answer}\"; exit 0; }}\ntrap say EXIT"),
    ];
    lines.extend(
        attempts
            .iter()
            .map(|(name, attempt)| format!("if {attempt}; then found=\"${{found}}-{name}\"; fi")),
    );
    let path = script(&folder, &lines.join("\n"));
    let text = std::fs::read_to_string(&path).unwrap().replace("#!/bin/sh", "#!/bin/bash");
    std::fs::write(&path, text).unwrap();
    let mut settings = with_tesseract(&path, Duration::from_secs(20));
    settings.tesseract.data_dir = Some(folder.path().to_owned());
    app.start_worker_with(settings);
    let parsed = app.parse(image_file(&sheet(), ImageFormat::Png), &[]).await;
    assert_eq!(text_of(&parsed).trim(), "Read-data");
    app.stop().await;
}

/// What a recogniser answers that reads one word.
const ANSWER: &str = "<html><body><div class='ocr_page'>\
    <span class='ocr_line' title='bbox 9 9 90 30'>\
    <span class='ocrx_word' title='bbox 9 9 90 30; x_wconf 90'>Read</span></span></div></body></html>";

/// A pipe in the data folder, at which programs wait that may change nothing.
struct Gate {
    path: std::path::PathBuf,
}

impl Gate {
    fn new(folder: &tempfile::TempDir) -> Self {
        let path = folder.path().join("gate");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        Self { path }
    }

    /// The line of a script that waits.
    fn wait(&self) -> String {
        format!("read line < {}", argument(&self.path))
    }

    /// Lets recognisers see it.
    fn open_to(&self, mut settings: WorkerSettings) -> WorkerSettings {
        settings.tesseract.data_dir = self.path.parent().map(Into::into);
        settings
    }

    /// Lets all pass that wait.
    fn release(&self) {
        use std::os::unix::fs::OpenOptionsExt;
        let now = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
        let _ = std::fs::OpenOptions::new().write(true).custom_flags(now).open(&self.path);
    }
}

/// Processes that run this program.
fn running(program: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().into_string().ok());
    ids.filter(|id| {
        let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        words.split(|byte| *byte == 0).any(|word| word == program.as_bytes())
    })
    .collect()
}

fn with_tesseract(program: &str, page_time: Duration) -> WorkerSettings {
    let tesseract = TesseractSettings {
        page_time,
        ..TesseractSettings::new(crate::app::program(), program.into())
    };
    WorkerSettings { tesseract, ..WorkerSettings::new(child_command()) }
}

/// A program that stands in for Tesseract.
fn script(folder: &tempfile::TempDir, line: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join("tesseract");
    std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    argument(&path)
}

#[test]
fn scans_are_read_without_a_server_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scan.png");
    std::fs::write(&file, image_file(&sheet(), ImageFormat::Png)).unwrap();
    let run = |tesseract: &str| {
        let mut command = std::process::Command::new(program());
        command.args(["parse", "--local", &argument(&file), "--tesseract-path", tesseract]);
        command.output().unwrap()
    };
    let read = run("tesseract");
    let text = String::from_utf8_lossy(&read.stdout);
    assert!(text.contains("# Harbour Report"), "{text}");
    let without = run("/nowhere/tesseract");
    assert_eq!(without.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&without.stderr).contains("Tesseract is not installed"));
}
