//! Finds the places of pictures in the reading order of their page: with their captions, else in
//! their column.

#[cfg(test)]
mod tests;

use super::tolerances;
use crate::analyse::tolerances as shared;
use std::ops::Range;

use super::page_frame::PageFrame;
use super::part::{Label, Part};
use crate::analyse::draft::{BlockDraft, Relation};
use crate::analyse::reading_order::ReadingOrder;
use crate::model::{Rect, runs_left};

/// A page with more pictures keeps the first.
const PICTURES_MAX: usize = 300;

/// The pieces of a page in reading order: the flow of its text, with its pictures put in.
pub(super) fn place(flow: Vec<Part>, drawn: &[Rect], frame: PageFrame) -> Vec<Part> {
    let pictures = shown(drawn, &flow, frame);
    if pictures.is_empty() {
        return flow;
    }
    let order = order(&flow, &pictures, frame);
    let picture = |rect| frame.picture(rect);
    let pieces = flow.into_iter().chain(pictures.into_iter().map(picture));
    let mut pieces: Vec<Option<Part>> = pieces.map(Some).collect();
    order.sorted().into_iter().filter_map(|piece| pieces[piece].take()).collect()
}

/// The pictures that count, from top to bottom.
fn shown(drawn: &[Rect], flow: &[Part], frame: PageFrame) -> Vec<Rect> {
    joined(drawn).into_iter().filter(|rect| is_shown(rect, flow, frame)).collect()
}

fn is_shown(rect: &Rect, flow: &[Part], frame: PageFrame) -> bool {
    let small = rect.width().min(rect.height()) < shared::PICTURE_SIDE_MIN;
    let background =
        rect.area() > tolerances::BACKGROUND * frame.size.0 * frame.size.1 && !flow.is_empty();
    !small && !background
}

/// Pictures that touch are strips of one picture.
fn joined(pictures: &[Rect]) -> Vec<Rect> {
    let mut joined: Vec<Rect> = Vec::new();
    for picture in pictures.iter().take(PICTURES_MAX) {
        let mut whole = *picture;
        loop {
            let touching = joined
                .iter()
                .position(|other| other.overlap_x(&whole) > -1.0 && other.overlap_y(&whole) > -1.0);
            let Some(at) = touching else { break };
            whole = whole.union(&joined.swap_remove(at));
        }
        joined.push(whole);
    }
    joined.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0)));
    joined
}

/// The order of the page as a graph: the parts of the flow first, then the pictures.
fn order(flow: &[Part], pictures: &[Rect], frame: PageFrame) -> ReadingOrder {
    let relation = |part: &Part| part.written().map_or(Relation::Column, |b| b.follows);
    let mut order = ReadingOrder::chain(flow.iter().map(relation));
    let upright = |rect: &Rect| frame.direction.upright(rect, frame.size.0, frame.size.1);
    let rects: Vec<Option<Rect>> =
        flow.iter().map(|part| (!part.sideways).then(|| upright(&part.rect))).collect();
    let columns = columns(flow, &rects);
    let text = Text { flow, rects, columns, leftward: is_leftward(flow) };
    // The pictures that are read with what comes after them: number, and the part that comes.
    let mut ahead: Vec<(usize, usize)> = Vec::new();
    for picture in pictures {
        let piece = order.add();
        let part = text.tie(&mut order, piece, &upright(picture));
        ahead.extend(part.map(|part| (piece, part)));
    }
    for (piece, part) in &ahead {
        // Those that end the column before come first.
        let between = |other: &usize| {
            let ends = part.checked_sub(1).is_some_and(|last| order.follows(last, *other));
            ends && ahead.iter().all(|(own, _)| own != other)
        };
        let others: Vec<usize> =
            (flow.len()..flow.len() + pictures.len()).filter(between).collect();
        for other in others {
            order.relate(other, *piece, Relation::Near);
        }
    }
    order
}

/// Parts of the flow that are read down one column.
struct Column {
    parts: Range<usize>,
    rect: Rect,
}

fn columns(flow: &[Part], rects: &[Option<Rect>]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (index, (part, rect)) in flow.iter().zip(rects).enumerate() {
        let Some(rect) = rect else { continue };
        let goes_on = part.written().is_some_and(|block| block.follows == Relation::Column);
        match columns.last_mut() {
            Some(column) if goes_on && column.parts.end == index => {
                column.parts.end += 1;
                column.rect = column.rect.union(rect);
            }
            _ => columns.push(Column { parts: index..index + 1, rect: *rect }),
        }
    }
    columns
}

/// The text of a page in the frame in which it is upright.
struct Text<'p> {
    flow: &'p [Part],
    /// The places of its parts; `None` for those that run another way.
    rects: Vec<Option<Rect>>,
    columns: Vec<Column>,
    /// It is written from right to left.
    leftward: bool,
}

impl Text<'_> {
    /// Relates a picture to the text, by what is surest first. Answers with the part that it is read
    /// with, if that comes after it.
    fn tie(&self, order: &mut ReadingOrder, picture: usize, rect: &Rect) -> Option<usize> {
        let caption = self.caption(rect);
        let captioned = caption.and_then(|part| self.tie_to_caption(order, picture, rect, part));
        for column in self.columns.iter().filter(|column| shares_width(&column.rect, rect)) {
            self.tie_in_column(order, picture, rect, column);
        }
        let in_column = self.columns.iter().any(|column| shares_width(&column.rect, rect));
        for column in self.columns.iter().filter(|_| in_column) {
            self.tie_beside(order, picture, rect, &column.rect, &column.parts);
        }
        if !in_column {
            self.tie_outside(order, picture, rect);
        }
        match caption {
            Some(_) => captioned,
            None => self.tie_to_nearest(order, picture, rect),
        }
    }

    fn placed(&self) -> impl Iterator<Item = (usize, &Rect)> {
        self.rects.iter().enumerate().filter_map(|(part, rect)| Some((part, rect.as_ref()?)))
    }

    /// The caption next to a picture, below it rather than above.
    fn caption(&self, rect: &Rect) -> Option<usize> {
        let captions = self.placed().filter(|(part, own)| {
            self.flow[*part].label == Label::Caption && own.overlap_x(rect) > 0.0
        });
        let near = captions.filter_map(|(part, own)| {
            let gap = -own.overlap_y(rect);
            let gap_max = tolerances::CAPTION_GAP * self.flow[part].written()?.size();
            (-tolerances::PICTURE_SLACK..gap_max).contains(&gap).then_some((own.y0 < rect.y0, part))
        });
        near.min().map(|(_, part)| part)
    }

    /// Nothing comes between a picture and its caption. Answers with the caption if that comes last.
    fn tie_to_caption(
        &self,
        order: &mut ReadingOrder,
        picture: usize,
        rect: &Rect,
        caption: usize,
    ) -> Option<usize> {
        let is_above = self.rects[caption].is_some_and(|own| own.y0 < rect.y0);
        if is_above {
            order.relate(caption, picture, Relation::Caption);
            if caption + 1 < self.flow.len() {
                order.relate(picture, caption + 1, Relation::Near);
            }
            return None;
        }
        order.relate(picture, caption, Relation::Caption);
        if let Some(before) = caption.checked_sub(1) {
            order.relate(before, picture, Relation::Near);
        }
        Some(caption)
    }

    /// It is read after what stands above it and before what stands below it.
    fn tie_in_column(
        &self,
        order: &mut ReadingOrder,
        picture: usize,
        rect: &Rect,
        column: &Column,
    ) {
        let parts = || column.parts.clone().filter_map(|part| Some((part, self.rects[part]?)));
        let above = parts().rfind(|(_, own)| own.y1 <= rect.y0 + tolerances::PICTURE_SLACK);
        if let Some((above, _)) = above {
            order.relate(above, picture, Relation::Below);
        }
        if let Some((below, _)) =
            parts().find(|(_, own)| own.y0 >= rect.y1 - tolerances::PICTURE_SLACK)
        {
            order.relate(picture, below, Relation::Below);
        }
    }

    /// Where the relations leave room, it is read with the text that stands nearest above or below.
    /// Answers with the one below if it is that.
    fn tie_to_nearest(
        &self,
        order: &mut ReadingOrder,
        picture: usize,
        rect: &Rect,
    ) -> Option<usize> {
        let aligned = || self.placed().filter(|(_, own)| shares_width(own, rect));
        let above = aligned().filter(|(_, own)| own.y1 <= rect.y0 + tolerances::PICTURE_SLACK);
        let below = aligned().filter(|(_, own)| own.y0 >= rect.y1 - tolerances::PICTURE_SLACK);
        let gap_above = above.map(|(_, own)| rect.y0 - own.y1).min_by(f32::total_cmp);
        let (below, own) = below.min_by(|a, b| a.1.y0.total_cmp(&b.1.y0))?;
        if gap_above.is_some_and(|gap| gap <= own.y0 - rect.y1) {
            return None;
        }
        if let Some(before) = below.checked_sub(1) {
            order.relate(before, picture, Relation::Near);
        }
        Some(below)
    }

    /// Outside of all columns it is read with the text beside it, else between what stands wholly
    /// above it and wholly below it.
    fn tie_outside(&self, order: &mut ReadingOrder, picture: usize, rect: &Rect) {
        let beside = self.placed().map(|(part, own)| (own.overlap_y(rect), part, own));
        let most = beside
            .filter(|(common, ..)| *common > tolerances::PICTURE_SLACK)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, part, own)) = most else {
            for column in &self.columns {
                self.tie_in_column(order, picture, rect, column);
            }
            return;
        };
        self.tie_beside(order, picture, rect, own, &(part..part + 1));
        if let Some(before) = part.checked_sub(1) {
            order.relate(before, picture, Relation::Near);
        }
    }

    /// What stands before it in the direction of writing is read before, the rest after.
    fn tie_beside(
        &self,
        order: &mut ReadingOrder,
        picture: usize,
        rect: &Rect,
        beside: &Rect,
        parts: &Range<usize>,
    ) {
        if shares_width(beside, rect) || beside.overlap_y(rect) <= tolerances::PICTURE_SLACK {
            return;
        }
        if (beside.center().0 < rect.center().0) == self.leftward {
            order.relate(picture, parts.start, Relation::Beside);
        } else {
            order.relate(parts.end - 1, picture, Relation::Beside);
        }
    }
}

fn shares_width(a: &Rect, b: &Rect) -> bool {
    a.overlap_x(b) > tolerances::SHARED_WIDTH * a.width().min(b.width())
}

/// True if most lines are written from right to left.
fn is_leftward(flow: &[Part]) -> bool {
    let lines = || flow.iter().filter_map(Part::written).flat_map(BlockDraft::lines);
    lines().filter(|line| runs_left(line)).count() * 2 > lines().count()
}
