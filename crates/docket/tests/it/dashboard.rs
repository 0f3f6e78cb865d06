//! The dashboard as a browser sees it.

use docket_contract::UserId;
use docket_jobs::{AccountLimits, Caller};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::multipart::Form;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::app::{App, Database, file_part, letter, new_account};
use crate::on_both_databases;

on_both_databases!(
    a_key_opens_the_dashboard_of_its_account,
    a_session_ends_with_its_key,
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
    crate::app::until(async || browser.page("/dashboard").await.contains("Log in")).await;
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
