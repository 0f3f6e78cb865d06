//! External objects: forms, which are run in a state of their own, and pictures, of which the box counts.

use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::object::{Dict, Name, ObjectIdentifier, Rect as PdfRect, Stream, dict::keys};
use hayro_syntax::page::Resources;
use kurbo::Point;

use super::annotations::form_matrix;
use super::interpreter::Interpreter;
use super::marked_content::is_hidden;
use super::painting::SHAPES_MAX;
use crate::model::Rect;

/// Forms within forms; deeper ones are left out.
const FORM_DEPTH_MAX: usize = 16;
/// Decoded forms are kept for reuse up to this many bytes.
const FORM_CACHE_BYTES_MAX: usize = 32 << 20;

impl<'a> Interpreter<'a, '_> {
    /// Draws an external object: a picture or a form.
    pub(crate) fn draw(&mut self, object: &Stream<'a>, resources: &Resources<'a>) {
        let hidden_groups = &self.document.hidden_groups;
        let layer = object.dict().get::<Dict<'_>>(keys::OC);
        let reference = object.dict().get_ref(keys::OC).map(Into::into);
        if layer.is_some_and(|layer| is_hidden(&layer, reference, hidden_groups)) {
            return;
        }
        match object.dict().get::<Name<'_>>(keys::SUBTYPE).as_deref() {
            Some(b"Image") => self.picture(),
            Some(b"Form") => self.form(object, resources),
            None if object.dict().contains_key(keys::BBOX) => self.form(object, resources),
            _ => {}
        }
    }

    /// Runs a form in a state of its own.
    pub(crate) fn form(&mut self, form: &Stream<'a>, outer: &Resources<'a>) {
        let id = form.obj_id();
        let deep = self.open_forms.len() >= FORM_DEPTH_MAX || self.open_forms.contains(&id);
        if deep || !self.budget.take_form_run() {
            self.page.truncated = true;
            return;
        }
        let Some(content) = self.form_content(form, id) else {
            return;
        };
        let resources = form.dict().get::<Dict<'a>>(keys::RESOURCES).map(Resources::new);
        let before = self.state.clone();
        let position = self.position;
        let saved = std::mem::take(&mut self.saved);
        let marked = self.marked.len();
        self.state.transform *= form_matrix(form.dict());
        if let Some(bbox) = form.dict().get::<PdfRect>(keys::BBOX) {
            let bbox = kurbo::Rect::new(bbox.x0, bbox.y0, bbox.x1, bbox.y1);
            let placed = self.state.transform.transform_rect_bbox(bbox);
            self.state.clip_to(&Rect::of_corners(
                (placed.x0 as f32, placed.y0 as f32),
                (placed.x1 as f32, placed.y1 as f32),
            ));
        }
        self.open_forms.push(id);
        self.run(TypedIter::new(&content), resources.as_ref().unwrap_or(outer));
        self.open_forms.pop();
        while self.marked.len() > marked {
            self.end_marked();
        }
        self.state = before;
        self.position = position;
        self.saved = saved;
    }

    fn form_content(&mut self, form: &Stream<'a>, id: ObjectIdentifier) -> Option<Rc<[u8]>> {
        if let Some(content) = self.forms.get(&id) {
            return Some(content.clone());
        }
        let data = match self.budget.decode_form(form) {
            Ok(data) => data?,
            Err(excess) => {
                self.page.leave_out(excess);
                return None;
            }
        };
        let content: Rc<[u8]> = data.as_ref().into();
        if self.form_cache_bytes + content.len() <= FORM_CACHE_BYTES_MAX {
            self.form_cache_bytes += content.len();
            self.forms.insert(id, content.clone());
        }
        Some(content)
    }

    /// Notes the box of a picture, which fills the unit square.
    pub(crate) fn picture(&mut self) {
        if self.marked.iter().any(|marked| marked.hidden) {
            return;
        }
        let corner = |x: f64, y: f64| {
            let point = self.state.transform * Point::new(x, y);
            (point.x as f32, point.y as f32)
        };
        let rect = Rect::of_corners(corner(0.0, 0.0), corner(1.0, 1.0))
            .union(&Rect::of_corners(corner(1.0, 0.0), corner(0.0, 1.0)));
        let shown = rect.intersection(&self.state.clip);
        self.note_painted(&shown);
        let has_room = self.page.pictures.len() < SHAPES_MAX;
        if has_room && rect.is_finite() && shown.area() > 0.0 {
            self.page.pictures.push(shown);
        }
    }
}
