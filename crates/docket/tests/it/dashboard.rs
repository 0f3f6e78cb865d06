//! The dashboard as a browser sees it.

use docket_contract::UserId;
use docket_jobs::{AccountLimits, Caller};
use docket_server::{ConnectionSettings, TrustedProxies};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::multipart::Form;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::app::{App, Database, Edge, file_part, letter, new_account};
use crate::on_both_databases;

on_both_databases!(
    a_key_opens_the_dashboard_of_its_account,
    a_session_ends_with_its_key,
    the_cookie_is_no_key_and_secure_over_tls,
    other_sites_log_nobody_in_or_out,
    names_do_not_turn_around_what_is_shown,
    pages_ask_no_other_host_and_run_nothing_of_a_document,
);

/// A browser with at most one cookie, which follows no redirects by itself.
struct Browser {
    http: Client,
    base: String,
    cookie: Option<String>,
}

impl Browser {
    fn new(app: &App) -> Self {
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { http, base: app.base.clone(), cookie: None }
    }

    async fn log_in(&mut self, key: &str) -> Response {
        let url = format!("{}/dashboard/login", self.base);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let request = self.http.post(url).header(kind.0, kind.1).body(format!("key={key}"));
        let answer = request.send().await.unwrap();
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
            assert!(!set.contains(key), "the key stays out of the browser");
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        answer
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.base));
        let request = match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }
}

async fn a_key_opens_the_dashboard_of_its_account(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let id = app.submit_id(letter()).await;
    app.wait(&id).await;
    let failed = app.submit_id(b"%PDF-1.7 broken off".to_vec()).await;
    let why = app.wait(&failed).await["error"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(&app);
    let login = browser.page("/dashboard").await;
    assert!(login.contains("Log in") && !login.contains(&id));
    assert_eq!(browser.get(&format!("/dashboard/jobs/{id}")).await.status(), StatusCode::SEE_OTHER);
    let refused = browser.log_in("docket_wrong").await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(refused.text().await.unwrap().contains("not a live key"));
    let key = app.key.clone();
    assert_eq!(browser.log_in(&key).await.status(), StatusCode::SEE_OTHER);

    let home = browser.page("/dashboard").await;
    assert!(home.contains(&id) && home.contains(&failed) && home.contains("letter.pdf"));
    assert!(home.contains("Credits used") && !home.contains(&key));
    let completed = browser.page("/dashboard?status=COMPLETED").await;
    assert!(completed.contains(&id) && !completed.contains(&failed));
    let job = browser.page(&format!("/dashboard/jobs/{id}")).await;
    assert!(job.contains("The quick brown fox") && job.contains("Completed"));
    assert!(browser.page(&format!("/dashboard/jobs/{failed}")).await.contains(&why));
    for asset in ["/dashboard/style.css", "/dashboard/live.js"] {
        assert!(!browser.page(asset).await.is_empty());
    }

    let (stranger, _) = new_account(&app.jobs, "stranger").await;
    let mut other = Browser::new(&app);
    other.log_in(&stranger).await;
    assert!(!other.page("/dashboard").await.contains(&id));
    for unknown in [id.as_str(), "b2094b38-e432-44b6-a5d0-67bed07d5de1", "x%ff"] {
        let answer = other.get(&format!("/dashboard/jobs/{unknown}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(answer.text().await.unwrap().contains("No such job"));
    }
    // The cookie opens pages, not the API.
    assert_eq!(browser.get("/jobs").await.status(), StatusCode::UNAUTHORIZED);
    app.stop().await;
}

async fn a_session_ends_with_its_key(database: Database) {
    let app = App::start(database).await;
    let caller = Caller { user_id: UserId("tester".to_owned()) };
    let limits = AccountLimits::default();
    let second = app.jobs.create_key(&caller.user_id, limits, "second").await.unwrap();
    let mut browser = Browser::new(&app);
    browser.log_in(&second.text).await;
    assert!(browser.page("/dashboard").await.contains("Log out"));
    app.jobs.revoke_key(second.key.id).await.unwrap().unwrap();
    assert!(browser.page("/dashboard").await.contains("Log in"), "at once, without a memory");
    // Another node knows the session, and nobody can make one up.
    browser.log_in(&app.key).await;
    let node = app.another_node().await;
    browser.base.clone_from(&node.base);
    assert!(browser.page("/dashboard").await.contains("Log out"));
    let token = browser.cookie.take().unwrap();
    for forged in [format!("{token}0"), token.replace('.', ".0"), "docket_session=".to_owned()] {
        browser.cookie = Some(forged);
        assert!(browser.page("/dashboard").await.contains("Log in"));
    }
    node.stop().await;
    app.stop().await;
}

async fn the_cookie_is_no_key_and_secure_over_tls(database: Database) {
    let trusted_proxies = TrustedProxies::parse(&["127.0.0.1"]).unwrap();
    let connections = ConnectionSettings { trusted_proxies, ..ConnectionSettings::default() };
    let app = App::start_at_edge(database, Edge { connections, ..Edge::default() }).await;
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let set = async |base: &str, proto: &str| {
        let request = http.post(format!("{base}/dashboard/login"));
        let request = request.header("x-forwarded-proto", proto).body(format!("key={}", app.key));
        let answer = request.send().await.unwrap();
        answer.headers()[SET_COOKIE].to_str().unwrap().to_owned()
    };
    assert!(set(&app.base, "https").await.ends_with("; Secure"));
    assert!(!set(&app.base, "http").await.contains("Secure"));
    let node = app.another_node().await;
    assert!(!set(&node.base, "https").await.contains("Secure"), "a node that trusts nobody");
    node.stop().await;
    let database = app.stop().await;
    let public_url = Some("https://docs.example.org".to_owned());
    let app = App::start_at_edge(database, Edge { public_url, ..Edge::default() }).await;
    let request = http.post(format!("{}/dashboard/login", app.base));
    let answer = request.body(format!("key={}", app.key)).send().await.unwrap();
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(set.ends_with("; Secure") && !set.contains(&app.key), "{set}");
    app.stop().await;
}

async fn other_sites_log_nobody_in_or_out(database: Database) {
    let app = App::start(database).await;
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    for path in ["/dashboard/login", "/dashboard/logout"] {
        let post = async |headers: &[(&str, &str)]| {
            let request = http.post(format!("{}{path}", app.base));
            let add = |request: reqwest::RequestBuilder, header: &(&str, &str)| {
                request.header(header.0, header.1)
            };
            let request = headers.iter().fold(request, add).body(format!("key={}", app.key));
            let answer = request.send().await.unwrap();
            (answer.status(), answer.headers().contains_key(SET_COOKIE))
        };
        let (refused, taken) = ((StatusCode::FORBIDDEN, false), (StatusCode::SEE_OTHER, true));
        assert_eq!(post(&[("origin", "https://evil.example")]).await, refused);
        assert_eq!(post(&[("origin", "null")]).await, refused);
        assert_eq!(post(&[("sec-fetch-site", "cross-site")]).await, refused);
        assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await, taken);
        assert_eq!(post(&[("origin", app.base.as_str())]).await, taken);
        assert_eq!(post(&[]).await, taken, "a program");
    }
    let large =
        http.post(format!("{}/dashboard/login", app.base)).body(vec![b'x'; 2 * 1024 * 1024]);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
    app.stop().await;
}

async fn names_do_not_turn_around_what_is_shown(database: Database) {
    let app = App::start(database).await;
    let name = "in\u{202e}fdp.exe.pdf";
    let form = Form::new().part("file", file_part(letter(), name));
    let created: serde_json::Value = app.post_form(form).await.json().await.unwrap();
    assert_eq!(created["file_name"], name, "the API tells the name as it came");
    let id = created["job_id"].as_str().unwrap();
    let mut browser = Browser::new(&app);
    browser.log_in(&app.key).await;
    for path in ["/dashboard".to_owned(), format!("/dashboard/jobs/{id}")] {
        let page = browser.page(&path).await;
        assert!(page.contains("in\u{fffd}fdp.exe") && !page.contains('\u{202e}'), "{page}");
    }
    let parsed = app.get_json(&format!("/parse/{id}")).await;
    let file = app.http.get(parsed["file_url"].as_str().unwrap()).send().await.unwrap();
    let disposition = file.headers()["content-disposition"].to_str().unwrap();
    assert!(!disposition.contains("E2%80%AE") && disposition.contains("fdp.exe"), "{disposition}");
    app.stop().await;
}

async fn pages_ask_no_other_host_and_run_nothing_of_a_document(database: Database) {
    let app = App::start(database).await;
    let name = "<img src=x onerror=alert(1)>.pdf";
    let form = Form::new().part("file", file_part(letter(), name));
    let created: serde_json::Value = app.post_form(form).await.json().await.unwrap();
    let id = created["job_id"].as_str().unwrap();
    let mut browser = Browser::new(&app);
    browser.log_in(&app.key).await;
    for path in ["/dashboard".to_owned(), format!("/dashboard/jobs/{id}")] {
        let answer = browser.get(&path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        let page = answer.text().await.unwrap();
        assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "{page}");
        assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    }
    app.stop().await;
}
