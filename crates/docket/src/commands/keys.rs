//! `docket keys`: creates, lists and revokes keys in the database, also while a server runs on it.

use std::sync::Arc;

use docket_contract::UserId;
use docket_contract::timestamp::jobs_look;
use docket_jobs::{AccountLimits, ApiKey, Jobs, NoInspector, Policy};
use serde_json::json;

use crate::cli::{CreateKeyArgs, KeysCommand};
use crate::config::DataOptions;
use crate::exit::Exit;
use crate::rooms::{self, Opening};

pub(crate) async fn run(command: KeysCommand) -> anyhow::Result<Exit> {
    match command {
        KeysCommand::Create(arguments) => {
            let jobs = open(arguments.data.clone()).await?;
            create(&jobs, &arguments).await
        }
        KeysCommand::List(arguments) => list(&open(arguments.data).await?, arguments.json).await,
        KeysCommand::Revoke(arguments) => {
            let jobs = open(arguments.data.clone()).await?;
            match jobs.revoke_key(arguments.id).await? {
                Some(key) if arguments.json => {
                    crate::say!("{}", object(&key));
                    Ok(Exit::Done)
                }
                Some(key) => {
                    crate::say!("Revoked {} of account '{}'.", preview(&key), key.user_id);
                    Ok(Exit::Done)
                }
                None => {
                    Err(Exit::Usage.error(format!("there is no key with the id {}", arguments.id)))
                }
            }
        }
    }
}

pub(super) async fn open(data: DataOptions) -> anyhow::Result<Jobs> {
    let data = data.checked()?;
    let rooms = rooms::open(&data, Policy::default(), Arc::new(NoInspector), Opening::Rows).await?;
    Ok(rooms.jobs)
}

async fn create(jobs: &Jobs, arguments: &CreateKeyArgs) -> anyhow::Result<Exit> {
    let name = arguments.user.trim();
    if name.is_empty() {
        return Err(Exit::Usage.error("--user must not be empty"));
    }
    let limits = AccountLimits {
        credits: arguments.credits,
        submits_per_minute: arguments.submits_per_minute,
    };
    let fresh = jobs.create_key(&UserId(name.to_owned()), limits, &arguments.label).await?;
    if arguments.json {
        let object = json!({
            "key": fresh.text,
            "id": fresh.key.id,
            "user": fresh.key.user_id,
            "created_at": jobs_look(fresh.key.created_at),
        });
        crate::say!("{object}");
    } else {
        crate::say!("A key of account '{name}', shown only once:");
        crate::say!("{}", fresh.text);
    }
    Ok(Exit::Done)
}

async fn list(jobs: &Jobs, as_json: bool) -> anyhow::Result<Exit> {
    let keys = jobs.list_keys().await?;
    if as_json {
        keys.iter().for_each(|key| crate::say!("{}", object(key)));
        return Ok(Exit::Done);
    }
    if keys.is_empty() {
        crate::say!("No keys yet: docket keys create --user NAME");
        return Ok(Exit::Done);
    }
    crate::say!(
        "{:<36}  {:<8}  {:<16}  {:<24}  {:<8}  LABEL",
        "ID",
        "KEY",
        "ACCOUNT",
        "CREATED",
        "STATE"
    );
    for key in keys {
        let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
        let created = jobs_look(key.created_at);
        let (account, label) = (&key.user_id.0, &key.label);
        crate::say!(
            "{:<36}  {:<8}  {account:<16}  {created:<24}  {state:<8}  {label}",
            key.id,
            preview(&key)
        );
    }
    Ok(Exit::Done)
}

fn object(key: &ApiKey) -> serde_json::Value {
    json!({
        "id": key.id,
        "key_preview": preview(key),
        "account": key.user_id,
        "created_at": jobs_look(key.created_at),
        "expires_at": key.expires_at.map(jobs_look),
        "revoked_at": key.revoked_at.map(jobs_look),
        "label": key.label,
    })
}

fn preview(key: &ApiKey) -> String {
    format!("****{}", key.last_four)
}
