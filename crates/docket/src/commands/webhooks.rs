//! `docket webhooks`: manages endpoints, their log and their secrets on a server, and receives
//! events.

mod listen;

use docket_contract::wire::webhooks::{
    DeliveryDocument, DeliveryList, WebhookDocument, WebhookList,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::cli::{ServerArgs, WebhooksCommand};
use crate::client::Client;
use crate::commands::jobs::client;
use crate::exit::Exit;

pub(crate) async fn run(command: WebhooksCommand) -> anyhow::Result<Exit> {
    match command {
        WebhooksCommand::Create { target, events, description, server } => {
            let body = json!({ "url": target, "events": events, "description": description });
            let client = client(&server)?;
            let made: WebhookDocument = client.json(Method::POST, "/webhooks", Some(&body)).await?;
            if server.json {
                crate::say!("{}", serde_json::to_string(&made)?);
            } else {
                crate::say!("{}", line(&made));
                say_secret(&made);
            }
        }
        WebhooksCommand::List { server } => list(&client(&server)?, server.json).await?,
        WebhooksCommand::Get { id, server } => {
            let found: Value = one(&server, Method::GET, &id, "", None).await?;
            crate::say!("{}", serde_json::to_string_pretty(&found)?);
        }
        WebhooksCommand::Delete { id, server } => {
            let answer: Value = one(&server, Method::DELETE, &id, "", None).await?;
            if server.json {
                crate::say!("{answer}");
                return Ok(Exit::Done);
            }
            crate::say!("{}", answer["message"].as_str().unwrap_or("Deleted"));
        }
        WebhooksCommand::Enable { id, server } => switch(&server, &id, true).await?,
        WebhooksCommand::Disable { id, server } => switch(&server, &id, false).await?,
        WebhooksCommand::Rotate { id, overlap_s, server } => {
            let body = json!({ "overlap_s": overlap_s });
            let rotated: WebhookDocument =
                one(&server, Method::POST, &id, "/rotate-secret", Some(&body)).await?;
            if server.json {
                crate::say!("{}", serde_json::to_string(&rotated)?);
                return Ok(Exit::Done);
            }
            say_secret(&rotated);
            if let Some(until) = rotated.previous_secret_expires_at {
                crate::say!("Until {until}, deliveries are also signed with the previous secret.");
            }
        }
        WebhooksCommand::Test { id, server } => {
            let delivery: DeliveryDocument = one(&server, Method::POST, &id, "/test", None).await?;
            say_delivery(&delivery, server.json)?;
        }
        WebhooksCommand::Log { id, delivery: Some(delivery), server, .. } => {
            let rest = format!("/deliveries/{}", checked(&delivery)?);
            let found: Value = one(&server, Method::GET, &id, &rest, None).await?;
            crate::say!("{}", serde_json::to_string_pretty(&found)?);
        }
        WebhooksCommand::Log { id, status, limit, server, .. } => {
            log(&server, &id, status, limit).await?;
        }
        WebhooksCommand::Replay { id, delivery, since, server } => {
            replay(&server, &id, delivery, since).await?;
        }
        WebhooksCommand::Listen(arguments) => return listen::run(*arguments).await,
    }
    Ok(Exit::Done)
}

async fn list(client: &Client, as_json: bool) -> anyhow::Result<()> {
    let list: WebhookList = client.json(Method::GET, "/webhooks", None).await?;
    if as_json {
        for endpoint in &list.webhooks {
            crate::say!("{}", serde_json::to_string(endpoint)?);
        }
        return Ok(());
    }
    if list.webhooks.is_empty() {
        crate::say!("No webhooks yet: docket webhooks create URL");
    }
    for endpoint in &list.webhooks {
        crate::say!("{}", line(endpoint));
    }
    Ok(())
}

async fn switch(server: &ServerArgs, id: &str, enabled: bool) -> anyhow::Result<()> {
    let body = json!({ "enabled": enabled });
    let changed: WebhookDocument = one(server, Method::PATCH, id, "", Some(&body)).await?;
    if server.json {
        crate::say!("{}", serde_json::to_string(&changed)?);
        return Ok(());
    }
    crate::say!("{}", line(&changed));
    Ok(())
}

async fn log(
    server: &ServerArgs,
    id: &str,
    status: Option<String>,
    limit: usize,
) -> anyhow::Result<()> {
    let status =
        status.map(|status| Ok::<_, anyhow::Error>(format!("&status={}", checked(&status)?)));
    let status = status.transpose()?.unwrap_or_default();
    let path = format!("/webhooks/{}/deliveries?limit={limit}{status}", checked(id)?);
    let list: DeliveryList = client(server)?.json(Method::GET, &path, None).await?;
    for delivery in &list.deliveries {
        say_delivery(delivery, server.json)?;
    }
    Ok(())
}

async fn replay(
    server: &ServerArgs,
    id: &str,
    delivery: Option<String>,
    since: Option<String>,
) -> anyhow::Result<()> {
    if let Some(delivery) = delivery {
        let rest = format!("/deliveries/{}/replay", checked(&delivery)?);
        let again: DeliveryDocument = one(server, Method::POST, id, &rest, None).await?;
        say_delivery(&again, server.json)?;
        return Ok(());
    }
    let body = json!({ "since": since });
    let answer: Value = one(server, Method::POST, id, "/replay", Some(&body)).await?;
    if server.json {
        crate::say!("{answer}");
    } else {
        crate::say!("{} failed deliveries are sent again", answer["replayed"]);
    }
    Ok(())
}

/// A request about one endpoint.
async fn one<T: serde::de::DeserializeOwned>(
    server: &ServerArgs,
    method: Method,
    id: &str,
    rest: &str,
    body: Option<&Value>,
) -> anyhow::Result<T> {
    let path = format!("/webhooks/{}{rest}", checked(id)?);
    client(server)?.json(method, &path, body).await
}

/// An argument that goes into a path.
fn checked(word: &str) -> anyhow::Result<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !word.is_empty() && word.chars().all(plain) {
        return Ok(word);
    }
    Err(Exit::Usage.error(format!("'{word}' is not an id")))
}

fn line(endpoint: &WebhookDocument) -> String {
    let why = endpoint.disabled.as_ref().map(|disabled| format!("  ({})", disabled.message));
    format!(
        "{}  {:<8}  {}  {}{}",
        endpoint.id,
        endpoint.status,
        endpoint.events.join(","),
        endpoint.url,
        why.unwrap_or_default()
    )
}

fn say_secret(endpoint: &WebhookDocument) {
    crate::say!("Secret, shown only once: {}", endpoint.secret.as_deref().unwrap_or_default());
}

fn say_delivery(delivery: &DeliveryDocument, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        crate::say!("{}", serde_json::to_string(delivery)?);
    } else {
        crate::say!("{}", delivery_line(delivery));
    }
    Ok(())
}

fn delivery_line(delivery: &DeliveryDocument) -> String {
    let result = match (&delivery.last_error, delivery.last_status_code) {
        (Some(error), _) => error.clone(),
        (None, Some(code)) => code.to_string(),
        (None, None) => String::new(),
    };
    format!(
        "{}  {}  {:<9}  {:<15}  {}  {result}",
        delivery.id,
        delivery.occurred_at,
        delivery.status,
        delivery.event,
        delivery.subject_id.as_deref().unwrap_or("-"),
    )
}
