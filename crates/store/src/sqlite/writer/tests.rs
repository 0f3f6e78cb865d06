//! The group commit from inside: what shares a transaction, and what a fault does to whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;

struct Bench {
    writer: Arc<Writer>,
    folder: TempDir,
    hint: watch::Receiver<u64>,
}

impl Bench {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("bench.db");
        let connection = Connection::open(&path).unwrap();
        let files = OpenFiles::of(&path).unwrap();
        connection
            .execute_batch(
                "pragma journal_mode = wal;
                 pragma foreign_keys = on;
                 create table parents (n integer primary key);
                 create table numbers (
                    n integer primary key,
                    parent integer references parents (n) deferrable initially deferred)",
            )
            .unwrap();
        let hints = Hints::default();
        let hint = hints.ready.subscribe();
        let writer = Arc::new(Writer::start(connection, files, Clock::default(), hints).unwrap());
        Self { writer, folder, hint }
    }

    /// Holds the writer in an operation until the sender sends or is dropped.
    async fn hold(&self) -> (mpsc::Sender<()>, JoinHandle<Result<(), Error>>) {
        let (release, gate) = mpsc::channel();
        let (started, has_started) = oneshot::channel();
        let writer = Arc::clone(&self.writer);
        let held = tokio::spawn(async move {
            let hold = writer.run(move |_| {
                let _ = started.send(());
                let _ = gate.recv();
                Ok(())
            });
            hold.await
        });
        has_started.await.unwrap();
        (release, held)
    }

    /// Hands in all the work while the writer is held, so that it makes one batch.
    async fn in_one_batch<W>(&self, work: Vec<W>) -> Vec<Result<i64, Error>>
    where
        W: FnOnce(&Turn<'_>) -> Result<i64, Error> + Send + 'static,
    {
        let (release, held) = self.hold().await;
        let handed_in = join_all(work.into_iter().map(|work| self.writer.run(work)));
        let (answers, ()) = tokio::join!(handed_in, async { drop(release) });
        held.await.unwrap().unwrap();
        answers
    }

    /// The committed numbers, as another connection sees them.
    fn committed(&self) -> Vec<i64> {
        let connection = Connection::open(self.folder.path().join("bench.db")).unwrap();
        let mut statement = connection.prepare("select n from numbers order by n").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

type Work = Box<dyn FnOnce(&Turn<'_>) -> Result<i64, Error> + Send>;

fn insert(n: i64) -> Work {
    Box::new(move |turn| {
        turn.execute("insert into numbers (n) values (?1)", [n])?;
        turn.mark_ready();
        Ok(n)
    })
}

fn outcomes(answers: &[Result<i64, Error>]) -> Vec<Option<i64>> {
    answers.iter().map(|answer| answer.as_ref().ok().copied()).collect()
}

#[tokio::test]
async fn what_waits_shares_one_transaction() {
    let bench = Bench::new();
    let path = bench.folder.path().join("bench.db");
    let mut work: Vec<Work> = (1..=9).map(insert).collect();
    work.push(Box::new(move |turn| {
        let count = "select count(*) from numbers";
        let elsewhere = Connection::open(&path)?;
        let committed: i64 = elsewhere.query_row(count, [], |row| row.get(0))?;
        assert_eq!(committed, 0, "nothing is committed before the last operation has run");
        Ok(turn.query_row(count, [], |row| row.get(0))?)
    }));
    let answers = bench.in_one_batch(work).await;
    assert_eq!(answers.last().unwrap().as_ref().unwrap(), &9);
    assert_eq!(bench.committed(), (1..=9).collect::<Vec<_>>());
    assert_eq!(*bench.hint.borrow(), 1);
}

#[tokio::test]
async fn an_operation_that_fails_is_undone_alone() {
    let bench = Bench::new();
    let half_done: Work = Box::new(|turn| {
        turn.execute("insert into numbers (n) values (7)", [])?;
        Err(Error::Conflict("number"))
    });
    let broken: Work =
        Box::new(|turn| Ok(i64::try_from(turn.execute("no statement", [])?).unwrap()));
    let work = vec![insert(1), half_done, insert(2), insert(1), broken, insert(3)];
    let answers = bench.in_one_batch(work).await;
    assert_eq!(outcomes(&answers), [Some(1), None, Some(2), None, None, Some(3)]);
    assert!(matches!(answers[1], Err(Error::Conflict("number"))));
    assert_eq!(bench.committed(), [1, 2, 3]);
}

#[tokio::test]
async fn a_failed_commit_is_told_to_all() {
    let bench = Bench::new();
    let dangling: Work = Box::new(|turn| {
        turn.execute("insert into numbers (n, parent) values (2, 99)", [])?;
        Ok(2)
    });
    let answers = bench.in_one_batch(vec![insert(1), dangling, insert(3)]).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(Error::Unavailable(_)))));
    assert!(bench.committed().is_empty());
    assert_eq!(*bench.hint.borrow(), 0, "what was not committed is not hinted at");
    assert_eq!(bench.writer.run(insert(4)).await.unwrap(), 4);
    assert_eq!(bench.committed(), [4]);
}

#[tokio::test]
async fn a_fault_that_undoes_the_transaction_leaves_the_rest_of_the_batch() {
    let bench = Bench::new();
    let fault: Work = Box::new(|turn| {
        turn.execute_batch("rollback")?;
        Err(Error::Conflict("fault"))
    });
    let answers = bench.in_one_batch(vec![insert(1), fault, insert(2), insert(3)]).await;
    assert_eq!(outcomes(&answers), [None, None, Some(2), Some(3)]);
    assert!(matches!(answers[0], Err(Error::Unavailable(_))), "it was answered honestly");
    assert_eq!(bench.committed(), [2, 3]);
}

#[tokio::test]
async fn an_operation_whose_caller_went_away_is_not_run() {
    let bench = Bench::new();
    let (release, held) = bench.hold().await;
    let ran = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ran);
    let mut abandoned = Box::pin(bench.writer.run(move |_| {
        seen.store(true, Ordering::SeqCst);
        Ok(())
    }));
    assert!((&mut abandoned).now_or_never().is_none());
    drop(abandoned);
    drop(release);
    held.await.unwrap().unwrap();
    bench.writer.run(|_| Ok(())).await.unwrap();
    assert!(!ran.load(Ordering::SeqCst));
}

#[tokio::test]
async fn closing_ends_what_was_handed_in() {
    let bench = Bench::new();
    let (release, held) = bench.hold().await;
    let handed_in = join_all([insert(1), insert(2)].map(|work| bench.writer.run(work)));
    let (answers, (), ()) = tokio::join!(handed_in, bench.writer.close(), async { drop(release) });
    held.await.unwrap().unwrap();
    assert_eq!(outcomes(&answers), [Some(1), Some(2)]);
    assert!(matches!(bench.writer.run(insert(3)).await, Err(Error::Unavailable(_))));
    assert_eq!(bench.committed(), [1, 2]);
}

#[tokio::test]
async fn a_full_disk_is_told_as_such() {
    let bench = Bench::new();
    bench.writer.run(insert(1)).await.unwrap();
    let limit: Work = Box::new(|turn| {
        let pages: i64 = turn.query_row("pragma page_count", [], |row| row.get(0))?;
        Ok(turn.query_row(&format!("pragma max_page_count = {pages}"), [], |row| row.get(0))?)
    });
    bench.writer.run(limit).await.unwrap();
    let fill: Work = Box::new(|turn| {
        turn.execute_batch(
            "with recursive n (i) as (select 2 union all select i + 1 from n where i < 9999)
             insert into numbers (n) select i from n",
        )?;
        Ok(0)
    });
    let answer = bench.writer.run(fill).await;
    let full = crate::error::WriteFault::Full;
    assert!(
        matches!(&answer, Err(Error::NotWritable { fault, .. }) if *fault == full),
        "{answer:?}"
    );
    assert_eq!(bench.committed(), [1]);
}

#[tokio::test]
async fn a_file_that_is_taken_away_takes_no_writes() {
    let bench = Bench::new();
    bench.writer.run(insert(1)).await.unwrap();
    let (place, aside) = (bench.folder.path().join("bench.db"), bench.folder.path().join("aside"));
    std::fs::rename(&place, &aside).unwrap();
    for number in [2, 3] {
        let answer = bench.writer.run(insert(number)).await;
        let gone = crate::error::WriteFault::FileGone;
        assert!(
            matches!(&answer, Err(Error::NotWritable { fault, .. }) if *fault == gone),
            "{answer:?}"
        );
        std::fs::copy(&aside, &place).unwrap();
    }
    std::fs::rename(&aside, &place).unwrap();
    bench.writer.run(insert(4)).await.unwrap();
    assert_eq!(bench.committed(), [1, 4]);
}
