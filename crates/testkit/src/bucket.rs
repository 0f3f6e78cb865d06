//! Throw-away S3 buckets for tests: one moto server per test process, one fresh bucket per test.
//!
//! The server is the Python package `moto`, brought by `dev/test` into `target/venv`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

use uuid::Uuid;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// Lives as long as the test process: the pipe that it reads ends with us, however we end.
const SUPERVISOR: &str = r#"
"$@" 2>&1 &
server=$!
read -r _
kill -KILL "$server"
"#;

/// An empty bucket of its own.
#[derive(Clone, Debug)]
pub struct TestBucket {
    port: u16,
    name: String,
}

impl TestBucket {
    /// Makes the bucket, and the server before the first one.
    ///
    /// # Panics
    /// If there is no moto, with the line that installs it.
    #[must_use]
    pub fn create() -> Self {
        let bucket = Self { port: server_port(), name: format!("docket-{}", Uuid::new_v4()) };
        let answer = bucket.request("PUT", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "no bucket: {answer}");
        bucket
    }

    /// The server's address.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The bucket's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The keys of all objects.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        texts_between(&self.request("GET", "?list-type=2"), "<Key>", "</Key>")
    }

    /// The keys of uploads that were begun and neither completed nor given up.
    #[must_use]
    pub fn unfinished_uploads(&self) -> Vec<String> {
        texts_between(&self.request("GET", "?uploads"), "<Key>", "</Key>")
    }

    /// The server asks for no signature.
    fn request(&self, method: &str, query: &str) -> String {
        let ask = || -> std::io::Result<String> {
            let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            write!(
                socket,
                "{method} /{}{query} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\
                 authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request\
                 \r\nconnection: close\r\n\r\n",
                self.name
            )?;
            let mut answer = Vec::new();
            socket.read_to_end(&mut answer)?;
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        ask().expect("the S3 server answers")
    }
}

fn texts_between(text: &str, open: &str, close: &str) -> Vec<String> {
    text.split(open)
        .skip(1)
        .filter_map(|rest| rest.split_once(close).map(|(inside, _)| inside.to_owned()))
        .collect()
}

fn server_port() -> u16 {
    static SERVER: OnceLock<(u16, Child)> = OnceLock::new();
    SERVER.get_or_init(start_server).0
}

fn start_server() -> (u16, Child) {
    let program = find_program().expect(
        "no S3 server found: run dev/test once, or install moto: pip install 'moto[s3,server]'",
    );
    let mut supervisor = Command::new("/bin/sh")
        .args(["-c", SUPERVISOR, "sh"])
        .arg(program)
        .args(["-H", "127.0.0.1", "-p", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let log = supervisor.stdout.take().expect("its output is piped");
    (port_in(log), supervisor)
}

/// In the virtual environment of `dev/test`, or on the PATH.
fn find_program() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::iter::once(root.join("target/venv/bin"))
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join("moto_server"))
        .find(|program| program.is_file())
}

/// Reads the port out of the line that tells where it listens, and goes on emptying the pipe.
fn port_in(log: impl Read + Send + 'static) -> u16 {
    let (said, hear) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            // Nobody hears it once the port is known.
            let _ = said.send(line);
        }
    });
    let mut heard = String::new();
    while let Ok(line) = hear.recv_timeout(START_TIMEOUT) {
        if let Some((_, rest)) = line.split_once("http://127.0.0.1:") {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse().expect("a port is a number");
        }
        heard.push_str(&line);
        heard.push('\n');
    }
    panic!("the S3 server did not start:\n{heard}");
}
