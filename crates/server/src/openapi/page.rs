//! The document of the API as a page for people, made once, from the document alone.
//!
//! It loads nothing, from here or from elsewhere; without scripts it only lacks the filled-in
//! commands.

mod operation;
mod schema;

use std::sync::LazyLock;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Map, Value};

use crate::openapi;

pub(crate) const STYLE: &str = include_str!("page/page.css");
pub(crate) const SCRIPT: &str = include_str!("page/page.js");

/// The page.
pub(crate) fn page() -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(|| render(openapi::document()).into_string());
    &PAGE
}

/// The page at the root: where to go from here.
pub(crate) fn start_page() -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(|| {
        let version = env!("CARGO_PKG_VERSION");
        let content = html! {
            main class="start" {
                h1 { "Docket " small { (version) } }
                p { "A server for asynchronous document jobs. It is running." }
                ul {
                    li { a href="/dashboard" { "/dashboard" } " the jobs of an account as they go" }
                    li { a href="/docs" { "/docs" } " the API, with commands to copy" }
                    li { a href="/openapi.json" { "/openapi.json" } " the same for programs" }
                    li { a href="/health" { "/health" } ", " a href="/ready" { "/ready" } ", " a href="/metrics" { "/metrics" } }
                }
            }
        };
        frame("Docket", &content, false).into_string()
    });
    &PAGE
}

fn frame(title: &str, content: &Markup, with_script: bool) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                (content)
                @if with_script { script { (PreEscaped(SCRIPT)) } }
            }
        }
    }
}

fn render(document: &Value) -> Markup {
    let groups = groups(document);
    let content = html! {
        div class="columns" {
            nav aria-label="Operations" {
                a class="brand" href="/docs" { "Docket" }
                @for group in &groups {
                    h2 { a href={ "#" (group.anchor()) } { (group.name) } }
                    ul {
                        @for operation in group.shown() {
                            li { a href={ "#" (operation.id()) } {
                                (method_badge(operation.method)) (operation.summary())
                            } }
                        }
                    }
                }
            }
            main {
                (introduction(document))
                @for group in &groups { (group.render(document)) }
            }
        }
    };
    frame("Docket API", &content, true)
}

fn introduction(document: &Value) -> Markup {
    let info = &document["info"];
    html! {
        header {
            h1 { "Docket API " small { (text(info, "version")) } }
            (paragraphs(text(info, "description")))
            p { "For programs: " a href="/openapi.json" { "openapi.json" } " (OpenAPI 3.1)." }
            form class="fill" hidden {
                label { "Your key "
                    input id="key" type="password" autocomplete="off" spellcheck="false"
                        placeholder="fills the commands below";
                }
                span class="hint" { "Stays in this tab." }
            }
        }
    }
}

/// The operations of one tag.
struct Group<'a> {
    name: &'a str,
    description: &'a str,
    operations: Vec<operation::Operation<'a>>,
}

impl<'a> Group<'a> {
    fn anchor(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }

    /// Older names are listed only at the end of the group.
    fn shown(&self) -> impl Iterator<Item = &operation::Operation<'a>> {
        self.operations.iter().filter(|operation| !operation.is_deprecated())
    }

    fn render(&self, document: &Value) -> Markup {
        let older: Vec<_> = self.operations.iter().filter(|one| one.is_deprecated()).collect();
        html! {
            section class="group" id=(self.anchor()) {
                h2 { (self.name) }
                p { (inline(self.description)) }
                @for operation in self.shown() { (operation.render(document)) }
                @if !older.is_empty() {
                    p class="older" { "Older names, kept for older clients: "
                        @for (index, operation) in older.iter().enumerate() {
                            @if index > 0 { ", " }
                            code { (operation.method.to_uppercase()) " " (operation.path) }
                        }
                    }
                }
            }
        }
    }
}

fn groups(document: &Value) -> Vec<Group<'_>> {
    let all: Vec<operation::Operation<'_>> = entries(&document["paths"])
        .flat_map(|(path, methods)| {
            entries(methods).map(move |(method, body)| operation::Operation { path, method, body })
        })
        .collect();
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(tag, "name");
        let of_tag = |operation: &&operation::Operation<'_>| operation.body["tags"][0] == name;
        Group {
            name,
            description: text(tag, "description"),
            operations: all.iter().filter(of_tag).copied().collect(),
        }
    })
    .collect()
}

fn method_badge(method: &str) -> Markup {
    html! { span class={ "method " (method) } { (method.to_uppercase()) } }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Paragraphs and lists of a description.
fn paragraphs(description: &str) -> Markup {
    html! {
        @for paragraph in description.split("\n\n").filter(|text| !text.trim().is_empty()) {
            @if paragraph.starts_with("* ") {
                ul { @for item in paragraph.lines() { li { (inline(item.trim_start_matches("* "))) } } }
            } @else {
                p { (inline(paragraph)) }
            }
        }
    }
}

/// A text with its parts between backticks as code.
fn inline(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_on_the_page() {
        let document = openapi::document();
        for (path, methods) in entries(&document["paths"]) {
            for (method, body) in entries(methods) {
                let wanted = if body["deprecated"] == true {
                    format!("<code>{} {path}</code>", method.to_uppercase())
                } else {
                    format!("id=\"{}\"", text(body, "operationId"))
                };
                assert!(page().contains(&wanted), "{method} {path}");
            }
        }
    }

    #[test]
    fn the_pages_load_nothing() {
        for page in [page(), start_page()] {
            for loading in [" src=", "url(", "@import", "fetch(", "<iframe", "rel=\"stylesheet\""] {
                assert!(!page.contains(loading), "{loading}");
            }
        }
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(inline("a `<b>` c").into_string(), "a <code>&lt;b&gt;</code> c");
    }
}
