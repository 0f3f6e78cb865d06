//! `docket accounts`: lists and changes accounts in the database, also while a server runs on it.

use docket_contract::UserId;
use docket_jobs::{Account, AccountShare, Error, Jobs};

use serde_json::{Value, json};

use super::keys::open;
use crate::cli::{AccountsCommand, BytesMax, RunningMax, SetAccountArgs};
use crate::exit::Exit;

pub(crate) async fn run(command: AccountsCommand) -> anyhow::Result<Exit> {
    match command {
        AccountsCommand::List(arguments) => {
            list(&open(arguments.data).await?, arguments.json).await
        }
        AccountsCommand::Set(arguments) => {
            let jobs = open(arguments.data.clone()).await?;
            set(&jobs, &arguments).await
        }
    }
}

async fn list(jobs: &Jobs, as_json: bool) -> anyhow::Result<Exit> {
    let accounts = jobs.list_accounts().await?;
    if accounts.is_empty() && !as_json {
        crate::say!("No accounts yet: docket keys create --user NAME");
        return Ok(Exit::Done);
    }
    print(&accounts, as_json);
    Ok(Exit::Done)
}

async fn set(jobs: &Jobs, arguments: &SetAccountArgs) -> anyhow::Result<Exit> {
    let share = AccountShare {
        weight: arguments.weight,
        running_max: arguments.running_max.map(|most| match most {
            RunningMax::Default => None,
            RunningMax::Jobs(most) => Some(most),
        }),
    };
    if share == AccountShare::default() && arguments.bytes_max.is_none() {
        return Err(Exit::Usage.error("nothing to set: use --weight, --running-max or --bytes-max"));
    }
    let user = UserId(arguments.user.trim().to_owned());
    match change(jobs, &user, share, arguments.bytes_max).await {
        Ok(account) => {
            print(&[account], arguments.json);
            Ok(Exit::Done)
        }
        Err(Error::NotFound) => {
            Err(Exit::Usage.error(format!("there is no account with the name '{user}'")))
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(
    jobs: &Jobs,
    user: &UserId,
    share: AccountShare,
    bytes_max: Option<BytesMax>,
) -> Result<Account, Error> {
    if let Some(bytes_max) = bytes_max {
        let most = match bytes_max {
            BytesMax::Default => None,
            BytesMax::Bytes(most) => Some(most),
        };
        jobs.limit_documents(user, most).await?;
    }
    jobs.set_share(user, share).await
}

fn print(accounts: &[Account], as_json: bool) {
    if as_json {
        accounts.iter().for_each(|account| crate::say!("{}", object(account)));
        return;
    }
    crate::say!(
        "{:<24}  {:>6}  {:>11}  {:>16}  {:>14}  {:>14}",
        "ACCOUNT",
        "WEIGHT",
        "RUNNING MAX",
        "BYTES MAX",
        "CREDITS",
        "SUBMITS/MINUTE"
    );
    let or = |limit: Option<i64>, word: &str| {
        limit.map_or_else(|| word.to_owned(), |limit| limit.to_string())
    };
    for account in accounts {
        crate::say!(
            "{:<24}  {:>6}  {:>11}  {:>16}  {:>14}  {:>14}",
            account.user_id.0,
            account.weight,
            or(account.running_max.map(i64::from), "default"),
            or(account.document_bytes_max, "default"),
            account.credits_limit,
            or(account.submits_per_minute.map(i64::from), "-")
        );
    }
}

fn object(account: &Account) -> Value {
    json!({
        "account": account.user_id,
        "weight": account.weight,
        "running_max": account.running_max,
        "bytes_max": account.document_bytes_max,
        "credits": account.credits_limit,
        "submits_per_minute": account.submits_per_minute,
    })
}
