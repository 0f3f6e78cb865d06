//! How many pages of a document a job is asked for.

use docket_contract::spec::JobSpec;

/// Pages of the job's range among `total`.
pub(crate) fn selected_pages(spec: &JobSpec, total: i32) -> i32 {
    let Some(range) = spec.page_range() else {
        return total;
    };
    let count = range.count_within(usize::try_from(total).unwrap_or_default());
    i32::try_from(count).unwrap_or(total)
}
