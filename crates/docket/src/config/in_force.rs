//! What is set, for the line at start, and variables of the environment that set nothing.

use super::groups::GROUPS;
use super::layers::Layers;

/// Variables of this program that are no settings.
const OTHER_VARIABLES: [&str; 4] =
    ["DOCKET_CONFIG", "DOCKET_URL", "DOCKET_DOCUMENT_PASSWORD", "DOCKET_BIN"];

/// Every setting that a flag, the environment or the file gives, with its value. Secrets are named
/// only.
pub(super) fn settings_given(layers: &Layers<'_>) -> String {
    let settings = GROUPS.iter().copied().flatten();
    let parts = settings.filter_map(|setting| {
        let value = layers.written(setting)?;
        let value = if setting.is_secret { "(secret)" } else { value.as_str() };
        Some(format!("{}={value}", setting.name))
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// A complaint about each variable whose name is nearly that of a setting. Other names that start
/// with `DOCKET_` may come from elsewhere: a Kubernetes service named `docket` sets several.
pub(super) fn misspelt_variables(names: impl Iterator<Item = String>) -> Vec<String> {
    let settings: Vec<&str> = GROUPS.iter().copied().flatten().map(|setting| setting.env).collect();
    names
        .filter(|name| name.starts_with("DOCKET_"))
        .filter(|name| !settings.contains(&name.as_str()))
        .filter(|name| !OTHER_VARIABLES.contains(&name.as_str()))
        .filter_map(|name| {
            let start = format!("{name}_");
            let starting = settings.iter().find(|setting| setting.starts_with(&start));
            let distance = |setting: &&&str| strsim::osa_distance(&name, setting);
            let nearest = settings.iter().min_by_key(distance);
            let near = nearest.filter(|setting| distance(setting) <= 2).or(starting)?;
            Some(format!("the environment variable {name} sets nothing; the nearest is {near}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_nearly_a_setting_is_reported() {
        let found = |name: &str| misspelt_variables(std::iter::once(name.to_owned()));
        assert!(found("DOCKET_TESSERACT")[0].ends_with("the nearest is DOCKET_TESSERACT_PATH"));
        assert!(found("DOCKET_WORKER")[0].ends_with("DOCKET_WORKERS"));
        for other in ["DOCKET_WORKERS", "DOCKET_URL", "DOCKET_SERVICE_HOST", "DOCKET_PORT", "HOME"]
        {
            assert_eq!(found(other), Vec::<String>::new(), "{other}");
        }
    }
}
