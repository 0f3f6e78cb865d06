//! A throw-away Postgres for tests: one cluster per test process, one fresh database per test.
//!
//! `TEST_DATABASE_URL` names a server to use instead; databases are made there and dropped again.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const START_ATTEMPTS_MAX: usize = 5;

/// Lives as long as the test process: the pipe that it reads ends with us, however we end.
const SUPERVISOR: &str = r#"
folder=$1
shift
"$@" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// An empty database of its own, dropped with this value.
#[derive(Debug)]
pub struct TestPostgres {
    url: String,
    name: String,
}

impl TestPostgres {
    /// Makes the database, and the cluster before the first one.
    ///
    /// # Panics
    /// If there is no Postgres, with the line that installs one.
    pub async fn create() -> Self {
        let server = tokio::task::spawn_blocking(server_url).await.expect("the cluster starts");
        let name = format!("docket_test_{}", Uuid::new_v4().simple());
        execute(server, &format!("create database {name} template template0"))
            .await
            .expect("a database can be created");
        Self { url: with_database(server, &name), name }
    }

    /// Where the database is reached.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl TestPostgres {
    /// Lets Docket's later sessions wait for locks as long as a test may take on a slow machine.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn wait_for_locks(&self) -> Result<(), sqlx::Error> {
        for limit in ["lock_timeout", "statement_timeout"] {
            let name = &self.name;
            self.execute(&format!("alter database {name} set docket.{limit} = '120s'")).await?;
        }
        Ok(())
    }

    /// Runs a statement on a connection of its own.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn execute(&self, statement: &str) -> Result<(), sqlx::Error> {
        execute(&self.url, statement).await
    }

    /// A transaction in which a statement has run, on a connection of its own.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn begin(&self, statement: &str) -> Result<UnderWay, sqlx::Error> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let statement = format!("begin; {statement}");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(UnderWay(connection))
    }
}

/// A transaction that is not committed yet.
pub struct UnderWay(PgConnection);

impl UnderWay {
    /// Commits it.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("commit").execute(&mut self.0).await?;
        self.0.close().await
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        let drop_database = format!("drop database if exists {} with (force)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(server_url(), &drop_database))
        });
        // A database that stays behind goes with its cluster.
        let _ = dropping.join();
    }
}

async fn execute(server: &str, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host_start = address.find("://").map_or(0, |idx| idx + 3);
    let host_end = address[host_start..].find('/').map_or(address.len(), |idx| host_start + idx);
    let question = if query.is_empty() { "" } else { "?" };
    format!("{}/{name}{question}{query}", &address[..host_end])
}

fn server_url() -> &'static str {
    static SERVER: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let (url, _supervisor) = SERVER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => (url, None),
        Err(_) => start_cluster(),
    });
    url
}

fn start_cluster() -> (String, Option<Child>) {
    let binaries = find_binaries().expect(
        "no Postgres found: install one with `apt-get install postgresql`, or set TEST_DATABASE_URL",
    );
    let mut failure = String::new();
    for _ in 0..START_ATTEMPTS_MAX {
        let folder = make_folder();
        let data = folder.join("data");
        initialize(&binaries, &folder, &data);
        let port = free_port();
        // Another process may take the port before the server does.
        match start_server(&binaries, &folder, &data, port) {
            Ok(supervisor) => {
                return (format!("postgres://docket@127.0.0.1:{port}/postgres"), Some(supervisor));
            }
            Err(log) => failure = log,
        }
    }
    panic!("Postgres did not start:\n{failure}");
}

/// The folder of `initdb` and `postgres`: on the PATH, or where Debian keeps them, newest first.
fn find_binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .collect();
    versions.sort_unstable();
    folders.extend(versions.into_iter().rev().map(|(_, folder)| folder.join("bin")));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn make_folder() -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix("docket-postgres-")
        .tempdir()
        .expect("a temporary folder can be made")
        .keep();
    if let Some((uid, gid)) = server_owner() {
        chown(&folder, Some(uid), Some(gid)).expect("the folder can be handed over");
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
        .expect("the folder can be closed to others");
    folder
}

/// Postgres refuses to run as root: whom it runs as instead, if we are root.
fn server_owner() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let mut fields = users
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
        let _password = fields.next()?;
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).or(Some((65534, 65534)))
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C").env("TZ", "UTC").process_group(0);
    if let Some((uid, gid)) = server_owner() {
        command.uid(uid).gid(gid);
    }
    command
}

fn initialize(binaries: &Path, folder: &Path, data: &Path) {
    let made = command(&binaries.join("initdb"), folder)
        .args(["-U", "docket", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(data)
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address").port()
}

/// Starts the server under its supervisor, whose input stays open as long as the value is kept;
/// answers once it accepts connections.
fn start_server(binaries: &Path, folder: &Path, data: &Path, port: u16) -> Result<Child, String> {
    let mut supervisor = command(Path::new("/bin/sh"), folder)
        .args(["-c", SUPERVISOR, "sh"])
        .arg(folder)
        .arg(binaries.join("postgres"))
        .arg("-D")
        .arg(data)
        .args(server_settings(port))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let log = supervisor.stdout.take().expect("its output is piped");
    let ready = wait_until_ready(log);
    if ready.is_err() {
        drop(supervisor.stdin.take());
        let _ = supervisor.wait();
    }
    ready.map(|()| supervisor)
}

fn server_settings(port: u16) -> Vec<String> {
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=300",
        "wal_level=logical",
        "fsync=off",
        "full_page_writes=off",
        "jit=off",
        "timezone=UTC",
    ];
    let mut arguments = vec!["-p".to_owned(), port.to_string()];
    arguments.extend(settings.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]));
    arguments
}

/// Reads the server's log until it is ready, and goes on emptying the pipe after that. If it never
/// gets ready, gives what it said.
fn wait_until_ready(log: impl Read + Send + 'static) -> Result<(), String> {
    let (said, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            // Nobody hears it once the server is ready.
            let _ = said.send(line);
        }
    });
    let mut heard = String::new();
    while let Ok(line) = hear.recv_timeout(START_TIMEOUT) {
        if line.contains("ready to accept connections") {
            return Ok(());
        }
        heard.push_str(&line);
        heard.push('\n');
    }
    Err(heard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_of_a_server() {
        assert_eq!(with_database("postgres://u:p@h:1/old", "new"), "postgres://u:p@h:1/new");
        assert_eq!(with_database("postgres://h", "new"), "postgres://h/new");
        assert_eq!(with_database("postgres://h/a?sslmode=off", "b"), "postgres://h/b?sslmode=off");
    }
}
