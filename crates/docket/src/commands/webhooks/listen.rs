//! `docket webhooks listen`: a temporary endpoint whose events are checked and printed here.

use std::time::Duration;

use docket_contract::wire::webhooks::{DeliveryDocument, WebhookDocument};
use docket_jobs::SecretText;
use docket_server::{ConnectionSettings, Received, receiver};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::cli::ListenArgs;
use crate::client::Client;
use crate::commands::jobs::client;
use crate::commands::serve::wait_for_signal;
use crate::exit::Exit;

/// How long the first test may take before its log is read.
const TEST_TIME: Duration = Duration::from_secs(5);

/// Messages that may wait to be printed.
const WAITING_MAX: usize = 64;

pub(crate) async fn run(arguments: ListenArgs) -> anyhow::Result<Exit> {
    let client = client(&arguments.server)?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Exit::Usage.error(format!("cannot listen on port {}: {error}", arguments.port))
    })?;
    let address = listener.local_addr()?;
    let url = arguments.public_url.unwrap_or_else(|| format!("http://{address}/"));
    let body = json!({
        "url": url, "events": arguments.events, "description": "docket webhooks listen",
    });
    let endpoint: WebhookDocument = client.json(Method::POST, "/webhooks", Some(&body)).await?;
    let (sender, received) = mpsc::channel(WAITING_MAX);
    let secret = SecretText(endpoint.secret.clone().unwrap_or_default());
    let shutdown = CancellationToken::new();
    let router = receiver(secret, sender);
    let connections = ConnectionSettings::default();
    let serving =
        tokio::spawn(docket_server::serve(listener, router, connections, shutdown.clone()));
    eprintln!("Listening at {url} as webhook {} (Ctrl-C ends and removes it)", endpoint.id);
    let listened = tokio::select! {
        listened = listen(&client, &endpoint, received) => listened,
        ended = wait_for_signal() => ended,
    };
    // The endpoint is removed in every case.
    let removed: anyhow::Result<Value> =
        client.json(Method::DELETE, &format!("/webhooks/{}", endpoint.id), None).await;
    shutdown.cancel();
    serving.await??;
    listened?;
    removed?;
    eprintln!("Webhook {} was removed", endpoint.id);
    Ok(Exit::Done)
}

/// Sends a test, then prints what comes.
async fn listen(
    client: &Client,
    endpoint: &WebhookDocument,
    mut received: mpsc::Receiver<Received>,
) -> anyhow::Result<()> {
    let path = format!("/webhooks/{}/test", endpoint.id);
    let test: DeliveryDocument = client.json(Method::POST, &path, None).await?;
    match tokio::time::timeout(TEST_TIME, received.recv()).await {
        Ok(Some(message)) => say(&message),
        _ => explain(client, endpoint, &test).await?,
    }
    while let Some(message) = received.recv().await {
        say(&message);
    }
    Ok(())
}

fn say(message: &Received) {
    if message.genuine {
        crate::say!("{}", String::from_utf8_lossy(&message.body));
    } else {
        eprintln!("A message with a wrong signature was refused ({})", message.id);
    }
}

/// Says why nothing has come yet.
async fn explain(
    client: &Client,
    endpoint: &WebhookDocument,
    test: &DeliveryDocument,
) -> anyhow::Result<()> {
    let path = format!("/webhooks/{}/deliveries/{}", endpoint.id, test.id);
    let log: Value = client.json(Method::GET, &path, None).await?;
    let why = log["last_error"].as_str().unwrap_or("the server has not tried yet");
    eprintln!("The test has not arrived: {why}");
    if endpoint.url.starts_with("http://127.0.0.1") {
        eprintln!(
            "A server delivers to this machine if it runs here with --allow-private-hosts; \
             --public-url names an address that leads here"
        );
    }
    Ok(())
}
