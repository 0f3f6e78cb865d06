//! The reading order of a page as a graph: which piece is read before which, and why. The order is
//! a topological sort of it (after Breuel 2003, "High performance document layout analysis").
//!
//! Layout makes a chain of the text, since within columns the stream of the file decides. What
//! stands beside the text, such as pictures, is tied to pieces of that chain.

use crate::analyse::draft::Relation;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Pieces, known by their number from 0, and what is known of their order. It never has a circle.
#[derive(Debug, Default)]
pub(crate) struct ReadingOrder {
    /// The pieces from 0 to here are a chain.
    chained: usize,
    /// For each piece those that are read after it, and why.
    after: Vec<Vec<(usize, Relation)>>,
}

impl ReadingOrder {
    /// A chain: each piece, given by its relation to the one before, is read after that.
    pub(crate) fn chain(relations: impl IntoIterator<Item = Relation>) -> Self {
        let mut order = Self::default();
        for (piece, relation) in relations.into_iter().enumerate() {
            if let Some(last) = order.after.last_mut() {
                last.push((piece, relation));
            }
            order.after.push(Vec::new());
        }
        order.chained = order.after.len();
        order
    }

    /// A piece that nothing is known of yet: its number. It is read as soon as its relations allow.
    pub(crate) fn add(&mut self) -> usize {
        self.after.push(Vec::new());
        self.after.len() - 1
    }

    /// Says that one piece is read before another, unless what was said earlier makes it the other
    /// way round.
    pub(crate) fn relate(&mut self, before: usize, after: usize, relation: Relation) {
        if before != after && !self.follows(before, after) && !self.comes_before(after, before) {
            self.after[before].push((after, relation));
        }
    }

    /// True if a relation says so by itself.
    pub(crate) fn follows(&self, before: usize, after: usize) -> bool {
        self.after[before].iter().any(|(next, _)| *next == after)
    }

    /// True if the relations say so, over any number of pieces between them.
    pub(crate) fn comes_before(&self, first: usize, second: usize) -> bool {
        if first < self.chained && second < self.chained {
            return first < second;
        }
        let mut seen = vec![false; self.after.len()];
        let mut open = vec![first];
        while let Some(piece) = open.pop() {
            for (next, _) in &self.after[piece] {
                if *next == second {
                    return true;
                }
                if !std::mem::replace(&mut seen[*next], true) {
                    open.push(*next);
                }
            }
        }
        false
    }

    /// The pieces in an order that fits all relations (Kahn 1962). Of those that may come next, the
    /// ones outside the chain come first, each with the lowest number.
    pub(crate) fn sorted(&self) -> Vec<usize> {
        let mut waits_for = vec![0_usize; self.after.len()];
        for (next, _) in self.after.iter().flatten() {
            waits_for[*next] += 1;
        }
        let rank = |piece: usize| Reverse((piece < self.chained, piece));
        let free = (0..self.after.len()).filter(|piece| waits_for[*piece] == 0);
        let mut free: BinaryHeap<_> = free.map(rank).collect();
        let mut sorted = Vec::with_capacity(self.after.len());
        while let Some(Reverse((_, piece))) = free.pop() {
            sorted.push(piece);
            for (next, _) in &self.after[piece] {
                waits_for[*next] -= 1;
                if waits_for[*next] == 0 {
                    free.push(rank(*next));
                }
            }
        }
        sorted
    }

    /// All relations: the piece before, the piece after, and why.
    #[cfg(test)]
    pub(crate) fn edges(&self) -> impl Iterator<Item = (usize, usize, Relation)> + '_ {
        let of_piece = |(before, after): (usize, &'_ Vec<(usize, Relation)>)| {
            after
                .iter()
                .map(move |(after, relation)| (before, *after, *relation))
                .collect::<Vec<_>>()
        };
        self.after.iter().enumerate().flat_map(of_piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chain_is_read_from_end_to_end() {
        let order = ReadingOrder::chain([Relation::Column; 4]);
        assert_eq!(order.sorted(), [0, 1, 2, 3]);
        assert!(order.comes_before(0, 3) && !order.comes_before(3, 0));
    }

    #[test]
    fn a_piece_of_its_own_is_read_as_soon_as_it_may() {
        let mut order = ReadingOrder::chain([Relation::Column; 3]);
        let picture = order.add();
        order.relate(1, picture, Relation::Below);
        assert_eq!(order.sorted(), [0, 1, picture, 2]);
    }

    #[test]
    fn what_contradicts_is_not_taken() {
        let mut order = ReadingOrder::chain([Relation::Column; 3]);
        let picture = order.add();
        order.relate(2, picture, Relation::Below);
        order.relate(picture, 0, Relation::Below);
        assert_eq!(order.sorted(), [0, 1, 2, picture]);
        order.relate(2, 1, Relation::Below);
        assert_eq!(order.sorted(), [0, 1, 2, picture]);
    }

    proptest! {
        #[test]
        fn every_piece_comes_once_and_no_relation_is_broken(
            chain in 0_usize..20,
            others in 0_usize..8,
            said in prop::collection::vec((0_usize..28, 0_usize..28), 0..60),
        ) {
            let mut order = ReadingOrder::chain(vec![Relation::Column; chain]);
            (0..others).for_each(|_| { order.add(); });
            for (before, after) in said {
                if before.max(after) < chain + others {
                    order.relate(before, after, Relation::Near);
                }
            }
            let sorted = order.sorted();
            let mut place = vec![usize::MAX; chain + others];
            for (at, piece) in sorted.iter().enumerate() {
                place[*piece] = at;
            }
            prop_assert_eq!(sorted.len(), chain + others);
            for (before, after, _) in order.edges() {
                prop_assert!(place[before] < place[after]);
            }
        }
    }
}
