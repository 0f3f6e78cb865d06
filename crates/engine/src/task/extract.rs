//! Extraction: finds the values that a JSON Schema asks for in a parsed document, without a model,
//! each with the very words it was taken from.

mod area;
mod candidate;
mod clauses;
mod index;
mod kinds;
mod labels;
mod lexemes;
mod list;
mod prose;
mod rows;
mod run;
mod scalar;
mod schema;
mod slots;
mod sums;
mod ticks;
mod tolerances;
mod values;
mod vocabulary;
mod wish;

use docket_contract::results::{Extracted, ExtractedField, ExtractedValue};
use docket_contract::spec::ExtractSpec;

use self::candidate::Source;
use self::index::Index;
use self::list::find_all;
use self::prose::Prose;
use self::rows::find_rows;
use self::scalar::find;
use self::schema::{Property, Shape, properties};
use self::ticks::Ticks;
use self::vocabulary::concepts;
use self::wish::Wish;
use crate::model::Document;

/// Looks for every property of the schema in a document.
pub(crate) fn extract(document: &Document, spec: &ExtractSpec) -> Vec<ExtractedField> {
    let index = Index::new(document);
    let day_first = index.lines.iter().any(|line| {
        line.cells
            .clone()
            .any(|cell| values::proves_day_first(&index.text(index.cells[cell].words.clone())))
    });
    let prose = Prose::new(&index);
    let ticks = Ticks::new(document, &index);
    let source = Source { document, index: &index, prose: &prose, ticks: &ticks, day_first };
    fields(source, &properties(&spec.schema), &[])
}

fn fields(source: Source<'_>, properties: &[Property], context: &[String]) -> Vec<ExtractedField> {
    let field = |property: &Property| ExtractedField {
        name: property.name.clone(),
        found: search(source, property, context),
    };
    properties.iter().map(field).collect()
}

fn search(source: Source<'_>, property: &Property, context: &[String]) -> Extracted {
    match &property.shape {
        Shape::Scalar(_) | Shape::Choice(_) => find(source, &Wish::new(property, context)),
        Shape::Object(inner) => {
            let around: Vec<String> =
                context.iter().cloned().chain(concepts(&property.name)).collect();
            object(fields(source, inner, &around))
        }
        Shape::Scalars(_) => find_all(source, &Wish::new(property, context)),
        Shape::Rows(inner) => find_rows(source, inner),
    }
}

/// An object is as certain as the least certain of what was found in it.
fn object(fields: Vec<ExtractedField>) -> Extracted {
    let found = fields.iter().filter(|field| field.found.value != ExtractedValue::Missing);
    let score = found.clone().map(|field| field.found.score).reduce(f64::min);
    let page = found.filter_map(|field| field.found.page).min();
    Extracted {
        value: ExtractedValue::Object(fields),
        score: score.unwrap_or(0.0),
        page,
        boxes: Vec::new(),
    }
}
