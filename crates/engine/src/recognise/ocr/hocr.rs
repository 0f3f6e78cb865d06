//! The answer of a recogniser: hOCR 1.2 (<http://kba.github.io/hocr-spec/1.2/>), as far as
//! Tesseract writes it.

use roxmltree::{Document, Node, ParsingOptions};

/// The lines of a page in the recogniser's order, and its pictures. Boxes are in pixels: left, top,
/// right, bottom.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    pub lines: Vec<FoundLine>,
    pub pictures: Vec<[f32; 4]>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct FoundLine {
    pub words: Vec<FoundWord>,
    /// Degrees against the clock by which the line is turned: 0, 90, 180 or 270.
    pub angle: u16,
}

#[derive(Debug, PartialEq)]
pub(super) struct FoundWord {
    pub text: String,
    pub area: [f32; 4],
    /// 0 to 1.
    pub confidence: f32,
}

impl FoundLine {
    /// Drops words that are no more than a piece of a drawn line.
    pub(super) fn drop_strokes(&mut self) {
        self.words.retain(|word| !word.text.chars().all(|c| matches!(c, '|' | '_' | '\u{2014}')));
    }
}

/// Reads an answer; `None` if it is no hOCR.
pub(super) fn read(answer: &str) -> Option<Found> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(answer, options).ok()?;
    let mut found = Found::default();
    let mut pages = 0;
    for node in document.descendants().filter(Node::is_element) {
        match class(&node) {
            "ocr_page" => pages += 1,
            "ocr_photo" => found.pictures.extend(area(&node)),
            "ocr_line" | "ocr_header" | "ocr_caption" | "ocr_textfloat" => {
                let line = line(&node);
                if !line.words.is_empty() {
                    found.lines.push(line);
                }
            }
            _ => {}
        }
    }
    (pages > 0).then_some(found)
}

fn line(node: &Node<'_, '_>) -> FoundLine {
    let words = node.descendants().filter(|node| class(node) == "ocrx_word");
    let angle = numbers(property(node, "textangle")).first().copied().unwrap_or(0.0);
    FoundLine { words: words.filter_map(|node| word(&node)).collect(), angle: angle as u16 % 360 }
}

fn word(node: &Node<'_, '_>) -> Option<FoundWord> {
    let texts = node.descendants().filter(Node::is_text).filter_map(|part| part.text());
    let text = texts.collect::<String>().trim().to_owned();
    let confidence = numbers(property(node, "x_wconf")).first().copied().unwrap_or(0.0);
    let area = area(node)?;
    (!text.is_empty()).then(|| FoundWord {
        text,
        area,
        confidence: (confidence / 100.0).clamp(0.0, 1.0),
    })
}

fn class<'a>(node: &Node<'a, '_>) -> &'a str {
    node.attribute("class").unwrap_or_default()
}

fn area(node: &Node<'_, '_>) -> Option<[f32; 4]> {
    let sides: [f32; 4] = numbers(property(node, "bbox")).try_into().ok()?;
    (sides[0] < sides[2] && sides[1] < sides[3]).then_some(sides)
}

/// The value of a property in the attribute `title`: `name value; name value`.
fn property<'a>(node: &Node<'a, '_>, name: &str) -> &'a str {
    let properties = node.attribute("title").unwrap_or_default().split(';');
    let mut named = properties.filter_map(|property| property.trim().split_once(' '));
    named.find(|(given, _)| *given == name).map_or("", |(_, value)| value)
}

fn numbers(text: &str) -> Vec<f32> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_words_and_pictures() {
        let answer = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><body>
<div class='ocr_page' id='page_1' title='image "stdin"; bbox 0 0 90 90; ppageno 0'>
 <div class='ocr_photo' title="bbox 1 2 30 40"></div>
 <span class='ocr_line' title="bbox 10 5 20 50; textangle 90; x_size 10">
  <span class='ocrx_word' title='bbox 10 30 20 50; x_wconf 87'><strong>A &amp; B</strong></span>
  <span class='ocrx_word' title='bbox 10 5 20 28; x_wconf 12'> </span>
 </span></div></body></html>"#;
        let word = FoundWord {
            text: "A & B".to_owned(),
            area: [10.0, 30.0, 20.0, 50.0],
            confidence: 0.87,
        };
        let want = Found {
            lines: vec![FoundLine { words: vec![word], angle: 90 }],
            pictures: vec![[1.0, 2.0, 30.0, 40.0]],
        };
        assert_eq!(read(answer), Some(want));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for text in ["", "Tesseract failed", "<html></html>", "<html"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
