//! Which numbers of the outbox are still open.
//!
//! A sequence hands out its numbers before the transactions that took them commit, so a later number
//! can be seen while an earlier one is still missing. Every writer has its transaction id before it
//! takes its number. A number that is missing when a larger one is visible therefore belongs to a
//! transaction below the next id of that moment; once the oldest running transaction (`xmin`) has
//! reached that id, the transaction has ended, and what is still missing will never be there. One
//! that stays open elsewhere in the database delays only this last conclusion, never a change.

use std::collections::BTreeMap;

/// Missing numbers that are watched, at most; of a larger jump of the sequence only the last ones.
pub(super) const GAPS_MAX: i64 = 10_000;

/// How much of the outbox was seen.
#[derive(Debug)]
pub(super) struct Gaps {
    newest: i64,
    /// Missing numbers below `newest`, each with the next transaction id when it was missed.
    open: BTreeMap<i64, i64>,
}

impl Gaps {
    /// Everything up to here counts as seen, but for what is missing.
    pub(super) fn opened(newest: i64, missing: Vec<i64>, next_xid: i64) -> Self {
        Self { newest, open: missing.into_iter().map(|seq| (seq, next_xid)).collect() }
    }

    /// The largest number seen.
    pub(super) fn newest(&self) -> i64 {
        self.newest
    }

    /// The numbers to look for again.
    pub(super) fn open(&self) -> Vec<i64> {
        self.open.keys().copied().collect()
    }

    /// Every number up to this one was seen or will never be there.
    pub(super) fn settled(&self) -> i64 {
        self.open.first_key_value().map_or(self.newest, |(seq, _)| seq - 1)
    }

    /// Takes in the numbers that a snapshot shows, in rising order: new ones and formerly missing
    /// ones.
    pub(super) fn absorb(&mut self, seen: impl Iterator<Item = i64>, xmin: i64, next_xid: i64) {
        for seq in seen {
            if seq <= self.newest {
                self.open.remove(&seq);
                continue;
            }
            let first_missing = (self.newest + 1).max(seq - GAPS_MAX);
            self.open.extend((first_missing..seq).map(|missing| (missing, next_xid)));
            self.newest = seq;
        }
        self.open.retain(|_, missed_at_xid| *missed_at_xid > xmin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absorb(gaps: &mut Gaps, seen: &[i64], xmin: i64, next_xid: i64) -> (i64, i64) {
        gaps.absorb(seen.iter().copied(), xmin, next_xid);
        (gaps.newest(), gaps.settled())
    }

    #[test]
    fn a_missing_number_is_waited_for() {
        let mut gaps = Gaps::opened(4, Vec::new(), 9);
        assert_eq!(absorb(&mut gaps, &[6, 8], 10, 12), (8, 4));
        assert_eq!(gaps.open(), [5, 7]);
        assert_eq!(absorb(&mut gaps, &[7], 11, 14), (8, 4));
        assert_eq!(absorb(&mut gaps, &[5, 9], 11, 15), (9, 9));
    }

    #[test]
    fn a_number_is_given_up_only_when_its_transaction_must_have_ended() {
        let mut gaps = Gaps::opened(0, Vec::new(), 9);
        assert_eq!(absorb(&mut gaps, &[2], 10, 12), (2, 0));
        assert_eq!(absorb(&mut gaps, &[], 11, 20), (2, 0), "11 may still be open");
        assert_eq!(absorb(&mut gaps, &[], 12, 20), (2, 2));
    }

    #[test]
    fn a_quiet_database_leaves_nothing_open() {
        let mut gaps = Gaps::opened(0, Vec::new(), 9);
        assert_eq!(absorb(&mut gaps, &[3], 12, 12), (3, 3));
    }

    #[test]
    fn what_was_missing_at_the_opening_is_waited_for() {
        let mut gaps = Gaps::opened(9, vec![3, 7], 12);
        assert_eq!(gaps.settled(), 2);
        assert_eq!(absorb(&mut gaps, &[7], 11, 15), (9, 2));
        assert_eq!(absorb(&mut gaps, &[], 12, 15), (9, 9));
    }

    #[test]
    fn a_leap_of_the_sequence_is_bounded() {
        let mut gaps = Gaps::opened(0, Vec::new(), 9);
        absorb(&mut gaps, &[5_000_000], 1, 2);
        assert_eq!(gaps.open().len(), 10_000);
    }
}
