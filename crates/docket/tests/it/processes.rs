//! Docket as processes: started, asked, killed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use crate::app::{Database, LIMIT, program, until};

/// A docket process; killed when dropped.
pub(crate) struct Process {
    child: Child,
    /// Where it listens; empty for workers.
    pub(crate) base: String,
}

impl Process {
    /// `docket serve` on a port of its own; answers when it listens.
    pub(crate) async fn serve(database: &Database, flags: &[&str]) -> Self {
        let flags = [&["--listen", "127.0.0.1:0"], flags].concat();
        Self::start("serve", database, &flags, Stdio::piped()).listening().await
    }

    /// The same with so many open files at most.
    pub(crate) async fn serve_with_files(database: &Database, files: u32, flags: &[&str]) -> Self {
        let flags = [&["--listen", "127.0.0.1:0"], flags].concat();
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")]);
        limited.arg(program());
        Self::start_as(limited, "serve", database, &flags, Stdio::piped()).listening().await
    }

    /// `docket work` with a port for its numbers.
    pub(crate) async fn work_showing_numbers(database: &Database) -> Self {
        let flags = ["--metrics-listen", "127.0.0.1:0"];
        Self::start("work", database, &flags, Stdio::piped()).listening().await
    }

    /// Waits until it says where it listens.
    async fn listening(mut self) -> Self {
        let lines = BufReader::new(self.child.stderr.take().unwrap()).lines();
        let (told, heard) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut told = Some(told);
            for line in lines.map_while(Result::ok) {
                let address =
                    line.split("listen=").nth(1).and_then(|rest| rest.split_whitespace().next());
                if let (Some(address), Some(told)) = (address, told.take_if(|_| address.is_some()))
                {
                    let _ = told.send(address.to_owned());
                }
            }
        });
        let address = tokio::time::timeout(LIMIT, heard).await.unwrap().expect("docket ended");
        self.base = format!("http://{}", address.trim_matches('"'));
        self
    }

    /// `docket work`.
    pub(crate) fn work(database: &Database, flags: &[&str]) -> Self {
        Self::start("work", database, flags, Stdio::null())
    }

    fn start(command: &str, database: &Database, flags: &[&str], stderr: Stdio) -> Self {
        Self::start_as(Command::new(program()), command, database, flags, stderr)
    }

    fn start_as(
        mut program: Command,
        command: &str,
        database: &Database,
        flags: &[&str],
        stderr: Stdio,
    ) -> Self {
        let child = program
            .arg(command)
            .args(database.flags())
            .args(flags)
            .env("DOCKET_LOG", "info")
            .env("NO_COLOR", "1")
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .unwrap();
        Self { child, base: String::new() }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; answers when it has ended, with its exit code.
    pub(crate) async fn terminate(&mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let mut code = None;
        until(async || match self.child.try_wait().unwrap() {
            Some(status) => {
                code = status.code();
                true
            }
            None => false,
        })
        .await;
        code
    }

    /// Peak resident memory so far, in KiB.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `docket serve` or `docket work` prints until a line of its log contains this text; then it is
/// stopped. Its standard error is a pipe, and the environment does not forbid colours.
pub(crate) async fn output_until(
    command: &str,
    database: &Database,
    flags: &[&str],
    text: &'static str,
) -> Output {
    let mut program = Command::new(program());
    program.arg(command).args(database.flags()).args(flags).env_remove("NO_COLOR");
    program.env_remove("DOCKET_LOG").stdin(Stdio::null());
    let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap();
    let read = move || {
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            log.push_str(&line);
            log.push('\n');
            if line.contains(text) {
                let id = rustix::process::Pid::from_child(&child);
                rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
                break;
            }
        }
        for line in lines.map_while(Result::ok) {
            log.push_str(&line);
            log.push('\n');
        }
        Output { stderr: log.into_bytes(), ..child.wait_with_output().unwrap() }
    };
    let reading = tokio::task::spawn_blocking(read);
    tokio::time::timeout(LIMIT, reading).await.expect("it said nothing of the kind").unwrap()
}

/// Runs a command to its end.
pub(crate) async fn docket(arguments: Vec<String>) -> Output {
    let run = move || {
        Command::new(program())
            .args(arguments)
            .env_remove("DOCKET_API_KEY")
            // Journals are by server and key, which no two tests share.
            .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A command that runs beside the test; its output is read at the end.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(arguments: &[String]) -> Self {
        let child = Command::new(program())
            .args(arguments)
            .env_remove("DOCKET_API_KEY")
            .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Ctrl-C; answers when it has ended.
    pub(crate) async fn interrupt(self) -> Output {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        let wait = move || self.0.wait_with_output().unwrap();
        tokio::time::timeout(LIMIT, tokio::task::spawn_blocking(wait)).await.unwrap().unwrap()
    }
}

/// A key made by `docket keys create --json` on the same data.
pub(crate) async fn create_key(database: &Database) -> String {
    let mut arguments: Vec<String> =
        ["keys", "create", "--user", "tester", "--json"].map(str::to_owned).to_vec();
    arguments.extend(database.flags());
    let output = docket(arguments).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    made["key"].as_str().unwrap().to_owned()
}
