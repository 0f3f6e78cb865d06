//! hOCR 1.2 (<http://kba.github.io/hocr-spec/1.2/>) as Tesseract writes it, read into the types of
//! the interface to recognisers. Nothing else in the engine knows this format.

use crate::model::Direction;
use crate::recognise::models::{PixelBox, RecognisedLine, RecognisedText, RecognisedWord};
use roxmltree::{Document, Node, ParsingOptions};

/// Reads the hOCR of an image for an implementation of [`crate::Models`]; `None` if the text is not
/// hOCR.
#[must_use]
pub fn read_hocr(answer: &str) -> Option<RecognisedText> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(answer, options).ok()?;
    let mut found = RecognisedText::default();
    let mut pages = 0;
    for node in document.descendants().filter(Node::is_element) {
        match class(&node) {
            "ocr_page" => pages += 1,
            "ocr_photo" => found.pictures.extend(bounds(&node)),
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

fn line(node: &Node<'_, '_>) -> RecognisedLine {
    let words = node.descendants().filter(|node| class(node) == "ocrx_word");
    let angle = numbers(property(node, "textangle")).first().copied().unwrap_or(0.0);
    // Degrees against the clock by which the line is turned.
    let direction = match angle as u16 % 360 {
        90 => Direction::Up,
        180 => Direction::Left,
        270 => Direction::Down,
        _ => Direction::Right,
    };
    RecognisedLine { words: words.filter_map(|node| word(&node)).collect(), direction }
}

fn word(node: &Node<'_, '_>) -> Option<RecognisedWord> {
    let texts = node.descendants().filter(Node::is_text).filter_map(|part| part.text());
    let text = texts.collect::<String>().trim().to_owned();
    let confidence = numbers(property(node, "x_wconf")).first().copied().unwrap_or(0.0);
    let bounds = bounds(node)?;
    (!text.is_empty()).then(|| RecognisedWord {
        text,
        bounds,
        confidence: (confidence / 100.0).clamp(0.0, 1.0),
    })
}

fn class<'a>(node: &Node<'a, '_>) -> &'a str {
    node.attribute("class").unwrap_or_default()
}

fn bounds(node: &Node<'_, '_>) -> Option<PixelBox> {
    let sides: [f32; 4] = numbers(property(node, "bbox")).try_into().ok()?;
    let [left, top, right, bottom] = sides.map(|side| side.round() as u32);
    (left < right && top < bottom).then_some(PixelBox { left, top, right, bottom })
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
        let word = RecognisedWord {
            text: "A & B".to_owned(),
            bounds: PixelBox { left: 10, top: 30, right: 20, bottom: 50 },
            confidence: 0.87,
        };
        let want = RecognisedText {
            lines: vec![RecognisedLine { words: vec![word], direction: Direction::Up }],
            pictures: vec![PixelBox { left: 1, top: 2, right: 30, bottom: 40 }],
        };
        assert_eq!(read_hocr(answer), Some(want));
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "Tesseract failed", "<html></html>", "<html"] {
            assert_eq!(read_hocr(text), None, "{text}");
        }
    }
}
