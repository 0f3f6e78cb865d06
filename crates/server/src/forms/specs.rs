//! The options of each operation as a checked spec. Unknown values fall back to the default with a
//! warning; a JSON field that is not JSON is refused.

#[cfg(test)]
mod tests;

use docket_contract::fields::{
    BATCH, CHUNKING, CLASSIFY, COMPATIBLE, EXTRACT, Field, Options, Refused, SHAPING, SPLIT,
    SubmitOptions, WORKBOOK, check_stored_size, read, workbook_defaults,
};
use docket_contract::spec::{ChunkSpec, ClassifySpec, ExtractSpec, ParseSpec, SplitSpec};
use docket_contract::wire::extract::ValueForm;

use crate::forms::body::Form;
use crate::problem::Problem;

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing(name) => Self::missing_field(name),
            Refused::Invalid(text) => Self::bad_request(&text),
        }
    }
}

/// Reads the options of a parse.
pub(crate) fn parse_spec(form: &Form) -> Result<ParseSpec, Problem> {
    parse_spec_over(form, ParseSpec::default())
}

/// Reads the options of a workbook: those of a parse, and switches of its own.
pub(crate) fn workbook_spec(form: &Form) -> Result<ParseSpec, Problem> {
    let spec = read_over(WORKBOOK, form, workbook_defaults())?;
    read_parse(form, spec)
}

/// Reads the options of another run: what the form does not have, or has with an unknown value,
/// stays as it is in `base`.
pub(crate) fn parse_spec_over(form: &Form, mut base: ParseSpec) -> Result<ParseSpec, Problem> {
    base.warnings.clear();
    read_parse(form, base)
}

fn read_parse(form: &Form, base: ParseSpec) -> Result<ParseSpec, Problem> {
    let spec = read_over(COMPATIBLE, form, read_over(SHAPING, form, base)?)?;
    check_stored_size(&spec, "Invalid options").map_err(Refused::Invalid)?;
    Ok(spec)
}

/// Reads the options of an extraction. `citations` holds where the form does not say.
pub(crate) fn extract_spec(form: &Form, citations: bool) -> Result<ExtractSpec, Problem> {
    read_over(EXTRACT, form, ExtractSpec { citations, ..ExtractSpec::default() })
}

/// Reads the options of a batch of extractions.
pub(crate) fn batch_spec(form: &Form) -> Result<ExtractSpec, Problem> {
    read_over(BATCH, form, extract_spec(form, true)?)
}

/// Reads the options of a classification.
pub(crate) fn classify_spec(form: &Form) -> Result<ClassifySpec, Problem> {
    read_over(CLASSIFY, form, ClassifySpec::default())
}

/// Reads the options of a split.
pub(crate) fn split_spec(form: &Form) -> Result<SplitSpec, Problem> {
    read_over(SPLIT, form, SplitSpec::default())
}

/// Reads the options of a chunking.
pub(crate) fn chunk_spec(form: &Form) -> Result<ChunkSpec, Problem> {
    let spec = read_over(CHUNKING, form, ChunkSpec::default())?;
    if spec.overlap_chars >= spec.chunk_chars {
        return Err(Problem::bad_request("overlap must be less than chunk_size"));
    }
    Ok(spec)
}

/// Reads what every submit may have beside the options of its operation.
pub(crate) fn submit_options(
    table: &[Field<SubmitOptions>],
    form: &Form,
) -> Result<SubmitOptions, Problem> {
    read_over(table, form, SubmitOptions::default())
}

fn read_over<S: Options>(table: &[Field<S>], form: &Form, mut base: S) -> Result<S, Problem> {
    read(table, form, &mut base)?;
    Ok(base)
}

/// The form asked for now, or else at the submit.
pub(crate) fn value_form(spec: &ExtractSpec, asked: Option<&str>) -> ValueForm {
    let scored = match asked {
        Some("scored") => true,
        Some("flat") => false,
        _ => spec.scored,
    };
    ValueForm { scored, citations: spec.citations }
}
