//! Clients that are silent, slow, or too many: they lose their connection, and nobody else does.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use docket_contract::WorkerId;
use docket_server::{AccountSlots, ConnectionSettings, TrustedProxies};
use reqwest::StatusCode;
use reqwest::multipart::Form;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::app::{App, Database, Edge, LIMIT, file_part, letter, new_account, pages, until};
use crate::events::Stream;
use crate::on_both_databases;
use crate::processes::Process;

on_both_databases!(
    silent_clients_leave_room_for_others,
    silent_slow_and_idle_connections_are_closed,
    those_who_wait_for_an_answer_are_not_cut,
    a_body_has_to_come_at_some_pace,
    a_client_that_does_not_read_is_cut,
    a_request_names_one_host,
    wrong_keys_wait_and_right_ones_do_not,
    an_account_holds_so_many_streams_and_reads,
    an_account_has_so_many_requests_at_the_same_time,
    only_trusted_proxies_are_believed,
    clients_behind_a_proxy_are_counted_by_their_own_address,
);

const SHORT: Duration = Duration::from_millis(600);

fn edge(connections: ConnectionSettings) -> Edge {
    let tick = Duration::from_millis(20);
    Edge { connections: ConnectionSettings { tick, ..connections }, ..Edge::default() }
}

fn address(base: &str) -> SocketAddr {
    base.strip_prefix("http://").unwrap().parse().unwrap()
}

/// A connection from an address of this machine.
async fn connect(base: &str, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    socket.connect(address(base)).await.unwrap()
}

/// Sends a request and answers what comes until the connection ends.
async fn send(base: &str, text: &str) -> String {
    let mut socket = connect(base, Ipv4Addr::LOCALHOST).await;
    socket.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let reading = socket.read_to_string(&mut answer);
    tokio::time::timeout(LIMIT, reading).await.expect("the connection stays open").unwrap();
    answer
}

/// Waits for the end of a connection on which nothing more comes.
async fn ends(socket: &mut TcpStream) {
    let mut bytes = [0; 1024];
    let reading = async { while socket.read(&mut bytes).await.is_ok_and(|count| count > 0) {} };
    tokio::time::timeout(LIMIT, reading).await.expect("the connection stays open");
}

/// Sends a request on a connection that stays open, and reads the head of the answer.
async fn ask(socket: &mut TcpStream, text: &str) -> String {
    socket.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let reading = async {
        let mut bytes = [0; 4096];
        while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
            let count = socket.read(&mut bytes).await.unwrap_or(0);
            if count == 0 {
                break;
            }
            answer.extend_from_slice(&bytes[..count]);
        }
    };
    tokio::time::timeout(LIMIT, reading).await.expect("no answer came");
    String::from_utf8(answer).unwrap()
}

async fn silent_clients_leave_room_for_others(database: Database) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut own = getrlimit(Resource::Nofile);
    own.current = own.maximum;
    setrlimit(Resource::Nofile, own).unwrap();
    let node = Process::serve_with_files(&database, 1024, &["--no-workers"]).await;
    let mut silent = Vec::new();
    for _ in 0..1_100 {
        silent.push(connect(&node.base, Ipv4Addr::LOCALHOST).await);
    }
    let health = "GET /health HTTP/1.1\r\nhost: docket\r\nconnection: close\r\n\r\n";
    for from in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::LOCALHOST] {
        until(async || {
            let asked = async {
                let mut socket = connect(&node.base, from).await;
                ask(&mut socket, health).await
            };
            let answer = tokio::time::timeout(Duration::from_secs(1), asked).await;
            answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
        })
        .await;
    }
    for socket in &mut silent {
        ends(socket).await;
    }
}

async fn silent_slow_and_idle_connections_are_closed(database: Database) {
    let connections =
        ConnectionSettings { head: SHORT, idle: SHORT * 2, ..ConnectionSettings::default() };
    let app = App::start_at_edge(database, edge(connections)).await;
    ends(&mut connect(&app.base, Ipv4Addr::LOCALHOST).await).await;
    // HTTP/2 without a request.
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    let settings =
        [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &[0, 0, 0, 4, 0, 0, 0, 0, 0]].concat();
    socket.write_all(&settings).await.unwrap();
    ends(&mut socket).await;
    // A head byte by byte, at first and after an answer.
    let request = "GET /health HTTP/1.1\r\nhost: docket\r\n\r\n";
    for first in [None, Some(request)] {
        let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
        if let Some(first) = first {
            assert!(ask(&mut socket, first).await.starts_with("HTTP/1.1 200"));
        }
        let begun = Instant::now();
        let mut every = tokio::time::interval(Duration::from_millis(50));
        let mut bytes = "GET /health HTTP/1.1\r\nx: ".bytes().chain(std::iter::repeat(b'x'));
        while socket.write_all(&[bytes.next().unwrap()]).await.is_ok() {
            assert!(begun.elapsed() < LIMIT, "the connection stays open");
            every.tick().await;
        }
    }
    // Between requests.
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    for _ in 0..3 {
        assert!(ask(&mut socket, request).await.starts_with("HTTP/1.1 200"));
    }
    ends(&mut socket).await;
    app.stop().await;
}

async fn those_who_wait_for_an_answer_are_not_cut(database: Database) {
    let connections = ConnectionSettings {
        head: SHORT,
        idle: SHORT,
        stall: SHORT,
        ..ConnectionSettings::default()
    };
    let app = App::start_at_edge(database, edge(connections)).await;
    let id = app.submit_id(letter()).await;
    let mut stream = Stream::open_at(&app, &app.base, &format!("/jobs/{id}/events")).await;
    assert_eq!(stream.next().await.unwrap().word(), "queued");
    // Three times as long as anything may be silent.
    let begun = Instant::now();
    let held = app.get(&format!("/jobs/{id}?wait=2")).await;
    assert_eq!(held.status(), StatusCode::OK);
    assert!(begun.elapsed() >= Duration::from_secs(2));
    let claim = app.jobs.claim(WorkerId::new(), 1).await.unwrap().pop().unwrap();
    assert_eq!(stream.next().await.unwrap().word(), "PROCESSING");
    app.jobs.release(claim).await.unwrap();
    app.stop().await;
}

fn upload(app: &App, length: usize) -> String {
    format!(
        "POST /parse HTTP/1.1\r\nhost: docket\r\napi-key: {}\r\ncontent-length: {length}\r\n\
         content-type: multipart/form-data; boundary=b\r\n\r\n",
        app.key
    )
}

async fn a_body_has_to_come_at_some_pace(database: Database) {
    let connections = ConnectionSettings {
        head: SHORT,
        idle: SHORT,
        body_grace: SHORT,
        body_bytes_per_s_min: 1_000,
        ..ConnectionSettings::default()
    };
    let app = App::start_at_edge(database, edge(connections)).await;
    let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
    let answer = send(&app.base, &format!("{}{head}%PDF", upload(&app, 100_000))).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains(r#"{"detail":"The request's body came too slowly"}"#), "{answer}");
    let uploads = app.blobs().join("uploads");
    until(async || crate::jobs::files_below(&uploads) == 0).await;

    // For several times the grace, but at the pace.
    let body = [head.as_bytes(), &pages(40), b"\r\n--b--\r\n"].concat();
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    socket.write_all(upload(&app, body.len()).as_bytes()).await.unwrap();
    let pieces = body.chunks(body.len().div_ceil(40));
    let mut every = tokio::time::interval(Duration::from_millis(50));
    assert!(body.len() > 10_000, "{}", body.len());
    for piece in pieces {
        every.tick().await;
        socket.write_all(piece).await.unwrap();
    }
    let answer = ask(&mut socket, "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    app.stop().await;
}

async fn a_client_that_does_not_read_is_cut(database: Database) {
    let connections = ConnectionSettings { stall: SHORT, ..ConnectionSettings::default() };
    let app = App::start_at_edge(database, edge(connections)).await;
    let mut body = b"%PDF-1.4\n".to_vec();
    body.resize(64 * 1024 * 1024, b'0');
    let created: Value = {
        let answer = app.post_form(Form::new().part("file", file_part(body, "big.pdf"))).await;
        answer.json().await.unwrap()
    };
    let id = created["job_id"].as_str().unwrap();
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    let link = parsed["file_url"].as_str().unwrap().strip_prefix(&app.base).unwrap().to_owned();
    let request = format!("GET {link} HTTP/1.1\r\nhost: docket\r\n\r\n");
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    socket.write_all(request.as_bytes()).await.unwrap();
    // Writing shows that the other side has gone.
    until(async || socket.write_all(b"x").await.is_err()).await;

    // One that reads slowly, but reads, gets it all.
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    socket.write_all(request.as_bytes()).await.unwrap();
    let begun = Instant::now();
    let mut every = tokio::time::interval(Duration::from_millis(30));
    let mut piece = vec![0; 1024 * 1024];
    let mut count = 0;
    while count < 64 * 1024 * 1024 {
        every.tick().await;
        let read = tokio::time::timeout(LIMIT, socket.read(&mut piece)).await.unwrap().unwrap();
        assert!(read > 0, "cut after {count} bytes");
        count += read;
    }
    assert!(begun.elapsed() > SHORT);
    app.stop().await;
}

async fn a_request_names_one_host(database: Database) {
    let app = App::start(database).await;
    let id = app.submit_id(letter()).await;
    let key = &app.key;
    for path in ["/jobs".to_owned(), format!("/jobs/{id}")] {
        let of = |head: &str| {
            format!("GET {path} {head}\r\napi-key: {key}\r\nconnection: close\r\n\r\n")
        };
        for (head, want) in [
            ("HTTP/1.1", "400"),
            ("HTTP/1.1\r\nhost: a\r\nhost: a", "400"),
            ("HTTP/1.1\r\nhost: a\r\nhost: b", "400"),
            ("HTTP/1.1\r\nhost: a", "200"),
            ("HTTP/1.0", "200"),
        ] {
            let answer = send(&app.base, &of(head)).await;
            assert_eq!(answer.split(' ').nth(1), Some(want), "{path} {head}: {answer}");
            assert_eq!(want == "400", answer.contains("exactly one Host"), "{answer}");
        }
    }
    app.stop().await;
}

async fn wrong_keys_wait_and_right_ones_do_not(database: Database) {
    let app = Arc::new(App::start(database).await);
    let begun = Instant::now();
    let wrong: Vec<_> = (0..32)
        .map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let key = format!("wrong-{number}");
                assert_eq!(app.get_as(&key, "/jobs").await.status(), StatusCode::UNAUTHORIZED);
            })
        })
        .collect();
    until(async || wrong.iter().any(tokio::task::JoinHandle::is_finished)).await;
    assert_eq!(app.get("/jobs").await.status(), StatusCode::OK);
    assert!(wrong.iter().any(|task| !task.is_finished()), "the right key overtakes wrong ones");
    for task in wrong {
        task.await.unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    Arc::into_inner(app).unwrap().stop().await;
}

async fn an_account_holds_so_many_streams_and_reads(database: Database) {
    let slots = Arc::new(AccountSlots::new(1, 1, 2));
    let app = App::start_at_edge(database, Edge { slots, ..Edge::default() }).await;
    let id = app.submit_id(letter()).await;
    let stream = Stream::open_at(&app, &app.base, "/events").await;
    for path in ["/events".to_owned(), format!("/jobs/{id}/events")] {
        let refused = app.get(&path).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(refused.headers().contains_key("retry-after"));
        let body: Value = refused.json().await.unwrap();
        assert_eq!(body["error"], "rate_limit_exceeded");
        assert_eq!(body["detail"], "Too many open streams of this account");
    }
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    assert_eq!(app.get_as(&stranger, "/events").await.status(), StatusCode::OK);
    drop(stream);
    until(async || app.get("/events").await.status() == StatusCode::OK).await;

    let path = format!("/jobs/{id}?wait=30");
    let held = app.http.get(format!("{}{path}", app.base)).header("api-key", &app.key).send();
    let held = tokio::spawn(held);
    until(async || app.jobs.memory_numbers().job_watchers == 1).await;
    // No more than one is held: this one is answered at once.
    let request = app.http.get(format!("{}/jobs/{id}", app.base)).header("prefer", "wait=30");
    let answer = request.header("api-key", &app.key).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(!answer.headers().contains_key("preference-applied"));
    assert!(!held.is_finished());
    app.delete(&format!("/jobs/{id}")).await;
    assert_eq!(held.await.unwrap().unwrap().status(), StatusCode::OK);
    app.stop().await;
}

async fn an_account_has_so_many_requests_at_the_same_time(database: Database) {
    let slots = Arc::new(AccountSlots::new(5, 5, 1));
    let app = App::start_at_edge(database, Edge { slots, ..Edge::default() }).await;
    let id = app.submit_id(letter()).await;
    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    let path = format!("{}/jobs/{id}?wait=30", app.base);
    let held = tokio::spawn(app.http.get(path).header("api-key", &app.key).send());
    until(async || app.jobs.memory_numbers().job_watchers == 1).await;
    let refused = app.get("/jobs").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["detail"], "Too many requests of this account at the same time");
    assert_eq!(app.get_as(&stranger, "/jobs").await.status(), StatusCode::OK);
    app.jobs.cancel_or_delete(&app.caller, id.parse().unwrap()).await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().status(), StatusCode::OK);
    until(async || app.get("/jobs").await.status() == StatusCode::OK).await;
    app.stop().await;
}

fn behind(proxy: &str) -> ConnectionSettings {
    let trusted_proxies = TrustedProxies::parse(&[proxy]).unwrap();
    ConnectionSettings { trusted_proxies, ..ConnectionSettings::default() }
}

async fn only_trusted_proxies_are_believed(database: Database) {
    let mut app = App::start_at_edge(database, edge(behind("127.0.0.0/8"))).await;
    let id = app.submit_id(letter()).await;
    let link = async |app: &App, headers: &[(&str, &str)]| {
        let mut request = app.http.get(format!("{}/parse/{id}", app.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.header("api-key", &app.key).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["file_url"].as_str().unwrap().split("/files/").next().unwrap().to_owned()
    };
    let older = [("x-forwarded-proto", "https"), ("x-forwarded-host", "docs.example.org")];
    let newer = [("forwarded", "for=198.51.100.1;proto=https;host=docs.example.org")];
    assert_eq!(link(&app, &older).await, "https://docs.example.org");
    assert_eq!(link(&app, &newer).await, "https://docs.example.org");
    let node = app.another_node().await;
    app.base.clone_from(&node.base);
    assert_eq!(link(&app, &older).await, app.base, "a node that trusts nobody");
    assert_eq!(link(&app, &newer).await, app.base);
    node.stop().await;
    app.stop().await;
}

async fn clients_behind_a_proxy_are_counted_by_their_own_address(database: Database) {
    let connections = ConnectionSettings { connections_per_address: 2, ..behind("127.0.0.1") };
    let app = App::start_at_edge(database, edge(connections)).await;
    let request = |client: &str| {
        format!("GET /health HTTP/1.1\r\nhost: docket\r\nx-forwarded-for: {client}\r\n\r\n")
    };
    let mut open = Vec::new();
    for client in ["198.51.100.1", "203.0.113.1", "198.51.100.1", "203.0.113.1"] {
        let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
        assert!(ask(&mut socket, &request(client)).await.starts_with("HTTP/1.1 200"));
        open.push(socket);
    }
    // One more of the first: its oldest has to go, and nobody else.
    let mut socket = connect(&app.base, Ipv4Addr::LOCALHOST).await;
    assert!(ask(&mut socket, &request("198.51.100.1")).await.starts_with("HTTP/1.1 200"));
    ends(&mut open[0]).await;
    for socket in &mut open[1..] {
        assert!(ask(socket, &request("192.0.2.1")).await.starts_with("HTTP/1.1 200"));
    }
    app.stop().await;
}
