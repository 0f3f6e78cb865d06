//! `docket quickstart`: parses one document through the API that every client uses.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use anyhow::Context;
use docket_contract::UserId;
use docket_contract::shown::shown;
use docket_contract::wire::jobs::JobDocument;
use docket_jobs::AccountLimits;
use reqwest::multipart::Part;
use serde_json::Value;

use crate::cli::QuickstartArgs;
use crate::client::{Client, Document, Operation};
use crate::commands::documents::results::markdown;
use crate::commands::jobs::exit_of;
use crate::commands::serve::{Node, wait_for_signal, warn_of_misspelt_variables};
use crate::exit::Exit;
use crate::private::{self, QUICKSTART_KEY_FILE};

/// The bundled sample, made by `crates/testkit/examples/make_fixtures.rs`.
pub(crate) const SAMPLE: &[u8] = include_bytes!("../../assets/sample.pdf");

const ACCOUNT: &str = "quickstart";
const LABEL: &str = "quickstart";

/// Lines of the result that are shown.
const SHOWN_LINES: usize = 24;

pub(crate) async fn run(arguments: QuickstartArgs) -> anyhow::Result<Exit> {
    if let Some(file) = arguments.file.as_ref().filter(|file| !file.is_file()) {
        return Err(Exit::Usage.error(format!("{} is not a file", file.display())));
    }
    // A first try works on every machine, and shows the job instead of the log.
    let defaults = &[("sandbox", "best_effort"), ("log", "warn")];
    let config = arguments.serve.clone().with_defaults(defaults).checked()?;
    crate::logging::start(&config.log, config.log_format)?;
    warn_of_misspelt_variables();
    let mut node = Node::open(config).await?;
    let key = own_key(&node).await?;
    let client = Client::new(&node.base_url(), &key)?;
    let show = Show::new();
    crate::say!("{} {}", show.bold("Docket"), env!("CARGO_PKG_VERSION"));
    crate::say!("  server   {}", node.base_url());
    crate::say!("  data     {}", node.config.data.data_dir.display());

    let api = node.start_api()?;
    let ended = take_through(&mut node, &client, &arguments, &show).await;
    match &ended {
        Ok(_) if arguments.once => after_one_run(&node, &show),
        Ok((_, id)) => next_steps(&node.base_url(), &key_for_commands(&node, &key), id, &show),
        Err(_) => {}
    }
    let exit = match ended {
        Ok((exit, _)) => exit,
        Err(error) => {
            node.stop(api).await?;
            return Err(error);
        }
    };
    if arguments.once {
        node.stop(api).await?;
        return Ok(exit);
    }
    crate::say!("\nDocket keeps serving. Press Ctrl-C to stop it.");
    wait_for_signal().await?;
    node.stop(api).await?;
    Ok(Exit::Done)
}

/// The key of an earlier run on the same data, if it still works, or else a new one. No key is
/// revoked: somebody may use it.
async fn own_key(node: &Node) -> anyhow::Result<String> {
    let jobs = &node.rooms.jobs;
    let data_dir = &node.config.data.data_dir;
    if let Ok(text) = std::fs::read_to_string(data_dir.join(QUICKSTART_KEY_FILE)) {
        let key = text.trim();
        if jobs.authenticate(key).await?.is_some() {
            return Ok(key.to_owned());
        }
    }
    let user = UserId(ACCOUNT.to_owned());
    let fresh = jobs.create_key(&user, AccountLimits::default(), LABEL).await?;
    private::write_key(data_dir, QUICKSTART_KEY_FILE, &fresh.text)?;
    Ok(fresh.text)
}

/// Submits, starts the workers, prints each status and the result.
async fn take_through(
    node: &mut Node,
    client: &Client,
    arguments: &QuickstartArgs,
    show: &Show,
) -> anyhow::Result<(Exit, String)> {
    let started = Instant::now();
    let part = match &arguments.file {
        Some(file) => Part::file(file).await.map_err(|error| {
            Exit::Usage.error(format!("{} cannot be read: {error}", file.display()))
        })?,
        None => Part::bytes(SAMPLE).file_name("sample.pdf"),
    };
    let created = client.create(&Operation::PARSE, Document::Part(Box::new(part)), None).await?;
    let id = created["job_id"].as_str().context("the server's answer contains no job id")?;
    crate::say!(
        "\n{}  {}  (credits: {})",
        show.bold("POST /parse"),
        shown(created["file_name"].as_str().unwrap_or_default()),
        created["credit_used"]
    );
    crate::say!("  job      {id}");
    crate::say!("\n{}", show.bold(&format!("GET /jobs/{id}")));
    // Read before the workers start, so that the first status is `queued`.
    let mut last = String::new();
    let mut show_job = |job: &JobDocument| {
        let line =
            format!("{}  {}", show.status(&job.status), job.error.as_ref().unwrap_or(&job.message));
        if line != last {
            crate::say!("  {:>7.3} s  {line}", started.elapsed().as_secs_f64());
            last = line;
        }
    };
    show_job(&client.job(id).await?);
    node.start_worker();
    let ended = client.wait(id, Duration::from_secs(3600), Duration::ZERO, &mut show_job).await?;
    let job = ended.ok_or_else(|| Exit::TimedOut.error("the job did not end within an hour"))?;
    let exit = exit_of(&job);
    if exit == Exit::Done {
        let body = client.parsed(id).await?;
        print_result(&body, show).context("the result cannot be shown")?;
    }
    Ok((exit, id.to_owned()))
}

fn print_result(body: &Value, show: &Show) -> anyhow::Result<()> {
    let pages = body["page_count"].as_u64().context("the result has no page count")?;
    let chunks = body["total_chunks"].as_u64().context("the result has no chunks")?;
    let plural =
        |count: u64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let summary = format!("{} in {}, as Markdown", plural(chunks, "chunk"), plural(pages, "page"));
    crate::say!("\n{}  {summary}", show.bold("GET /parse"));
    crate::say!("{}", show.dim(&"-".repeat(72)));
    let markdown = markdown(body);
    let lines: Vec<&str> = markdown.lines().collect();
    for line in lines.iter().take(SHOWN_LINES) {
        crate::say!("{}", shown(line));
    }
    if lines.len() > SHOWN_LINES {
        crate::say!("{}", show.dim(&format!("... {} more lines", lines.len() - SHOWN_LINES)));
    }
    crate::say!("{}", show.dim(&"-".repeat(72)));
    for warning in body["metadata"]["warnings"].as_array().into_iter().flatten() {
        crate::say!("  warning: {}", warning["message"].as_str().unwrap_or_default());
    }
    Ok(())
}

/// The key as a shell command can use it: the key itself on a terminal; otherwise the file that has
/// it, because the output may go to a log.
fn key_for_commands(node: &Node, key: &str) -> String {
    if std::io::stdout().is_terminal() {
        return key.to_owned();
    }
    format!("$(cat {})", node.config.data.data_dir.join(QUICKSTART_KEY_FILE).display())
}

/// What is left after a run that does not keep serving.
fn after_one_run(node: &Node, show: &Show) {
    let data = &node.config.data;
    let line =
        |label: &str, text: &str| crate::say!("{} {text}", show.bold(&format!("{label:<10}")));
    crate::say!();
    line("Stopped", "The server of this run has stopped (--once).");
    line("Start it", &format!("docket serve{}", data.flags()));
    line("Your key", &format!("in {}", data.data_dir.join(QUICKSTART_KEY_FILE).display()));
}

fn next_steps(base_url: &str, key: &str, id: &str, show: &Show) {
    let line =
        |label: &str, text: &str| crate::say!("{} {text}", show.bold(&format!("{label:<10}")));
    crate::say!();
    line("Your key", key);
    line("Poll it", &format!("curl {base_url}/jobs/{id} -H \"X-API-Key: {key}\""));
    line("Read it", &format!("curl {base_url}/parse/{id} -H \"api-key: {key}\""));
    line("Send yours", &format!("curl {base_url}/parse -H \"api-key: {key}\" -F file=@your.pdf"));
}

/// Colours, where the output is a terminal.
struct Show {
    colours: bool,
}

impl Show {
    fn new() -> Self {
        Self { colours: std::io::stdout().is_terminal() }
    }

    fn bold(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    fn dim(&self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    fn status(&self, word: &str) -> String {
        let colour = match word {
            "COMPLETED" => AnsiColor::Green,
            "FAILED" => AnsiColor::Red,
            "PROCESSING" => AnsiColor::Cyan,
            _ => AnsiColor::Yellow,
        };
        self.styled(colour.on_default().bold(), &format!("{word:<10}"))
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.colours { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
