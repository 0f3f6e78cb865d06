//! Hints between nodes: LISTEN and NOTIFY on connections of their own.
//!
//! A NOTIFY inside a writing transaction would hold a global lock across its commit. Here changes
//! are gathered for a few milliseconds after their commits and sent once. A hint may be lost at any
//! time: every waiting task also polls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::limits;

const CHANNEL: &str = "docket";

/// What makes a hint one of ready jobs, not only of changes; it stands at the end.
const READY: &str = " ready";

/// What makes a hint one of deliveries too.
const DELIVERY: &str = " delivery";

/// How long changes are gathered before a hint is sent.
const GATHER: Duration = Duration::from_millis(5);

/// The pause after a fault of the database.
const FAULT_PAUSE: Duration = Duration::from_millis(500);

/// The hints of one process: sent to other processes, received from them, and passed on inside.
pub(super) struct Signals {
    shared: Arc<Shared>,
    sending: AtomicBool,
    listening: AtomicBool,
    tasks: TaskTracker,
}

struct Shared {
    /// The name of this process in its own hints, which it ignores.
    node: String,
    pool: PgPool,
    changed: watch::Sender<u64>,
    ready: watch::Sender<u64>,
    delivery: watch::Sender<u64>,
    changed_unsent: AtomicBool,
    ready_unsent: AtomicBool,
    delivery_unsent: AtomicBool,
    to_send: Notify,
}

impl Signals {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        // Hints need not survive a crash: their transactions do not wait for the disk.
        let options = options.options([("synchronous_commit", "off")]);
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .max_lifetime(None)
            .idle_timeout(None)
            .after_connect(|connection, _| Box::pin(limits::of_calls(connection)))
            .connect_lazy_with(options);
        let shared = Shared {
            node: Uuid::new_v4().simple().to_string(),
            pool,
            changed: watch::Sender::new(0),
            ready: watch::Sender::new(0),
            delivery: watch::Sender::new(0),
            changed_unsent: AtomicBool::new(false),
            ready_unsent: AtomicBool::new(false),
            delivery_unsent: AtomicBool::new(false),
            to_send: Notify::new(),
        };
        Self {
            shared: Arc::new(shared),
            sending: AtomicBool::new(false),
            listening: AtomicBool::new(false),
            tasks: TaskTracker::new(),
        }
    }

    /// Announces that this process committed changes.
    pub(super) fn changed(&self) {
        bump(&self.shared.changed);
        self.shared.changed_unsent.store(true, Ordering::Release);
        self.send();
    }

    /// Announces that this process committed something that may be ready to claim.
    pub(super) fn ready(&self) {
        bump(&self.shared.ready);
        self.shared.ready_unsent.store(true, Ordering::Release);
        self.changed();
    }

    /// Announces that this process committed something that may be delivered.
    pub(super) fn delivery(&self) {
        bump(&self.shared.delivery);
        self.shared.delivery_unsent.store(true, Ordering::Release);
        self.changed();
    }

    /// Changes when anybody's jobs may have changed.
    pub(super) fn on_change(&self) -> watch::Receiver<u64> {
        self.listen();
        self.shared.changed.subscribe()
    }

    /// Changes when something may be ready to claim.
    pub(super) fn on_ready(&self) -> watch::Receiver<u64> {
        self.listen();
        self.shared.ready.subscribe()
    }

    /// Changes when something may be delivered.
    pub(super) fn on_delivery(&self) -> watch::Receiver<u64> {
        self.listen();
        self.shared.delivery.subscribe()
    }

    pub(super) async fn close(&self) {
        self.tasks.close();
        self.shared.pool.close().await;
        self.shared.to_send.notify_one();
        self.tasks.wait().await;
    }

    fn send(&self) {
        if !self.sending.swap(true, Ordering::Relaxed) {
            self.tasks.spawn(send_gathered(Arc::clone(&self.shared)));
        }
        self.shared.to_send.notify_one();
    }

    fn listen(&self) {
        if !self.listening.swap(true, Ordering::Relaxed) {
            self.tasks.spawn(listen(Arc::clone(&self.shared)));
        }
    }
}

async fn send_gathered(shared: Arc<Shared>) {
    while !shared.pool.is_closed() {
        shared.to_send.notified().await;
        tokio::time::sleep(GATHER).await;
        let ready = shared.ready_unsent.swap(false, Ordering::AcqRel);
        let delivery = shared.delivery_unsent.swap(false, Ordering::AcqRel);
        if !shared.changed_unsent.swap(false, Ordering::AcqRel) && !ready && !delivery {
            continue;
        }
        let word = |is: bool, word: &'static str| if is { word } else { "" };
        let payload = format!("{}{}{}", shared.node, word(delivery, DELIVERY), word(ready, READY));
        let notify = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(payload);
        if let Err(error) = notify.execute(&shared.pool).await {
            tracing::debug!(%error, "a hint could not be sent");
        }
    }
}

async fn listen(shared: Arc<Shared>) {
    while !shared.pool.is_closed() {
        if let Err(error) = receive(&shared).await
            && !shared.pool.is_closed()
        {
            tracing::debug!(%error, "hints cannot be received");
            tokio::time::sleep(FAULT_PAUSE).await;
        }
    }
}

async fn receive(shared: &Shared) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&shared.pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Hints that came while nothing listened are made up for now.
        bump(&shared.changed);
        bump(&shared.ready);
        bump(&shared.delivery);
        while let Some(hint) = listener.try_recv().await? {
            if hint.payload().starts_with(&shared.node) {
                continue;
            }
            bump(&shared.changed);
            if hint.payload().ends_with(READY) {
                bump(&shared.ready);
            }
            if hint.payload().contains(DELIVERY) {
                bump(&shared.delivery);
            }
        }
    }
}

fn bump(count: &watch::Sender<u64>) {
    count.send_modify(|count| *count = count.wrapping_add(1));
}
