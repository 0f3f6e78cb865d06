//! `docket usage`: the credits of the account.

use reqwest::Method;
use serde_json::Value;

use crate::cli::ServerArgs;
use crate::commands::jobs::client;
use crate::exit::Exit;

pub(crate) async fn run(server: &ServerArgs) -> anyhow::Result<Exit> {
    let usage: Value = client(server)?.json(Method::GET, "/org/get_usage", None).await?;
    if server.json {
        crate::say!("{usage}");
        return Ok(Exit::Done);
    }
    let text = |name: &str| usage[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| usage[name].as_i64().unwrap_or_default();
    crate::say!("account    {}", text("org_name"));
    crate::say!("used       {} of {} credits", number("current_usage"), number("usage_limit"));
    crate::say!("remaining  {}", number("remaining_quota"));
    crate::say!("since      {}", text("last_billed_date"));
    Ok(Exit::Done)
}
