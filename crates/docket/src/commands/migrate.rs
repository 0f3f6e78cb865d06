//! `docket migrate`: migrates the schema and ends.

use std::sync::Arc;

use docket_jobs::NoInspector;

use crate::config::ServeOptions;
use crate::exit::Exit;
use crate::rooms::{self, Opening};

pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<Exit> {
    let config = options.checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    let rooms =
        rooms::open(&config.data, config.policy, Arc::new(NoInspector), Opening::Create).await?;
    rooms.store.close().await;
    crate::say!("The schema is up to date.");
    Ok(Exit::Done)
}
