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
    if arguments.public_url.is_none() && !client.is_on_this_machine() {
        return Err(Exit::Usage.error(format!(
            "the server {} cannot reach this machine at 127.0.0.1: use --public-url with an address \
             that forwards to --port",
            client.base_url()
        )));
    }
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Exit::Usage.error(format!("cannot listen on port {}: {error}", arguments.port))
    })?;
    let address = listener.local_addr()?;
    let url = arguments.public_url.unwrap_or_else(|| format!("http://{address}/"));
    let body = json!({
        "url": url, "events": arguments.events, "description": "docket webhooks listen",
    });
    let endpoint: WebhookDocument =
        client.json(Method::POST, "/webhooks", Some(&body)).await.map_err(|error| {
            let is_private = error.to_string().contains("allow_private_hosts");
            let hint = "start the server with --allow-private-hosts, or use --public-url";
            if is_private {
                Exit::of_error(&error).error(format!("{error}: {hint}"))
            } else {
                error
            }
        })?;
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

/// Says why nothing has come yet; an error if the server has tried and failed, because no event
/// would arrive either.
async fn explain(
    client: &Client,
    endpoint: &WebhookDocument,
    test: &DeliveryDocument,
) -> anyhow::Result<()> {
    let path = format!("/webhooks/{}/deliveries/{}", endpoint.id, test.id);
    let log: Value = client.json(Method::GET, &path, None).await?;
    let Some(why) = log["last_error"].as_str() else {
        eprintln!("The test has not arrived: the server has not tried yet");
        return Ok(());
    };
    let hint = if endpoint.url.starts_with("http://127.0.0.1") {
        "if the server runs in a container, --public-url must name this machine as the container \
         sees it"
    } else {
        "--public-url must name an address that forwards to --port"
    };
    Err(Exit::Refused.error(format!("the test event did not arrive: {why} ({hint})")))
}
