//! One operation on the page: what goes in, what comes out, and a command to copy.

use maud::{Markup, html};
use serde_json::Value;

use super::schema::{properties, resolve, type_label};
use super::{entries, inline, method_badge, paragraphs, text};

/// An operation of the document.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) body: &'a Value,
}

impl<'a> Operation<'a> {
    pub(super) fn id(&self) -> &'a str {
        text(self.body, "operationId")
    }

    pub(super) fn summary(&self) -> &'a str {
        text(self.body, "summary")
    }

    pub(super) fn is_deprecated(&self) -> bool {
        self.body["deprecated"] == true
    }

    pub(super) fn render(&self, document: &Value) -> Markup {
        html! {
            article id=(self.id()) {
                h3 { a href={ "#" (self.id()) } { (self.summary()) } }
                p class="line" { (method_badge(self.method)) code { (self.path) } }
                div class="sides" {
                    div {
                        (paragraphs(text(self.body, "description")))
                        (self.parameters())
                        (self.request(document))
                        (self.answers(document))
                    }
                    div class="samples" { (self.samples()) }
                }
            }
        }
    }

    fn parameters(&self) -> Markup {
        let all: Vec<&Value> = self.body["parameters"].as_array().into_iter().flatten().collect();
        html! {
            @for (place, title) in [("path", "In the path"), ("query", "Query"), ("header", "Headers")] {
                @let here: Vec<&&Value> = all.iter().filter(|one| one["in"] == place).collect();
                @if !here.is_empty() {
                    h4 { (title) }
                    dl { @for one in here {
                        dt { code { (text(one, "name")) } " " span class="type" { (type_label(&one["schema"])) } }
                        dd { (inline(text(one, "description"))) }
                    } }
                }
            }
        }
    }

    fn request(&self, document: &Value) -> Markup {
        let content = &self.body["requestBody"]["content"];
        let media: Vec<&str> = entries(content).map(|(name, _)| name).collect();
        let Some((_, first)) = entries(content).next() else { return html! {} };
        html! {
            h4 { "Body" }
            p class="media" { @for (index, name) in media.iter().enumerate() {
                @if index > 0 { ", " } code { (name) }
            } }
            (properties(&first["schema"], document, 0))
        }
    }

    fn answers(&self, document: &Value) -> Markup {
        html! {
            h4 { "Answers" }
            @for (status, answer) in entries(&self.body["responses"]) {
                @let answer = resolve(answer, document);
                @let schema = entries(&answer["content"]).next().map(|(_, media)| &media["schema"]);
                details class={ "answer s" (&status[..1]) } open[status.starts_with('2')] {
                    summary { b { (status) } " " (inline(text(answer, "description"))) }
                    @if let Some(schema) = schema { (properties(schema, document, 0)) }
                }
            }
        }
    }

    fn samples(&self) -> Markup {
        let examples = entries(&self.body["responses"]).filter_map(|(status, answer)| {
            let example = answer["content"]["application/json"].get("example")?;
            Some((status, serde_json::to_string_pretty(example).unwrap_or_default()))
        });
        html! {
            @if let Some(command) = self.body["x-codeSamples"][0]["source"].as_str() {
                pre class="command" tabindex="0" { code { (command) } }
            }
            @for (status, example) in examples {
                p class="caption" { (status) }
                pre tabindex="0" { code { (example) } }
            }
        }
    }
}
