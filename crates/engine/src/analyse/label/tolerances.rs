//! Tolerances and certainties of roles, headings, pictures, page headers and footers. A font size is
//! the height in which text is set, in points.

/// Certainty from 0 to 1 of a heading that is bigger than running text.
pub(super) const BY_SIZE: f32 = 0.9;

/// Certainty of a heading that the file declares: tagged PDFs, outlines.
pub(super) const DECLARED: f32 = 0.95;

/// Points by which sizes of one title or of headings of one level differ.
pub(super) const HEADING_SAME_SIZE: f32 = 0.3;

/// Times the size of running text. A numbered list item that is bigger is a section heading.
pub(super) const NUMBERED_ITEM_BIGGER: f32 = 1.08;

/// Times the size of running text. A bold heading is at least about as big: articles and contracts.
pub(super) const BOLD_RATIO_MIN: f32 = 0.95;

/// Certainty of such a heading.
pub(super) const BOLD: f32 = 0.85;

/// Times the size of running text. A heading that is also numbered, bold, italic or in another
/// typeface: articles.
pub(super) const SLIGHTLY_BIGGER: f32 = 1.06;

/// Certainty of such a heading.
pub(super) const SLIGHTLY_BIGGER_CERTAINTY: f32 = 0.75;

/// Times the size of running text. Bold capitals, numbers or centred lines set apart by space may
/// be this small: journals, statutes.
pub(super) const SMALL_BOLD_RATIO_MIN: f32 = 0.82;

/// Certainty of such a heading.
pub(super) const SMALL_BOLD: f32 = 0.8;

/// Times the size of running text of headings that are neither bigger nor bold: contracts and
/// typescripts.
pub(super) const PLAIN_RATIO_MIN: f32 = 0.9;

/// Certainty of a heading in capitals that stands apart: typescripts and court documents.
pub(super) const CAPITALS: f32 = 0.75;

/// Certainty of a numbered heading in italics, another typeface or capitals: articles.
pub(super) const NUMBERED: f32 = 0.7;

/// Certainty of a heading that only has another typeface and introduces text: brochures and web
/// pages.
pub(super) const OTHER_TYPEFACE: f32 = 0.65;

/// Font sizes above a heading that is set apart, more than between lines of a paragraph.
pub(super) const ROOM_ABOVE: f32 = 0.45;

/// The same below it.
pub(super) const ROOM_BELOW: f32 = 0.8;

/// Share of the lower height that blocks of one row have beside one another: labels and values of
/// forms.
pub(super) const ROW_COMMON: f32 = 0.6;

/// Times the height of a heading. A higher neighbour is a column of text, not a value beside a
/// label.
pub(super) const ROW_HEIGHT_MAX: f32 = 3.0;

/// Points between a label of a form and its value.
pub(super) const ROW_DISTANCE_MAX: f32 = 60.0;

/// Share of letters that makes a block bold, italic or of a declared role, whatever single words
/// have.
pub(super) const STYLE_OF_BLOCK: f32 = 0.75;

/// Share of letters in another typeface than running text that sets a heading off.
pub(super) const TYPEFACE_OF_BLOCK: f32 = 0.9;

/// Share of the height of the first page from its top within which the title of an article or
/// report stands.
pub(super) const TITLE_WITHIN: f32 = 0.45;

/// Points that bold counts in the rank of a heading.
pub(super) const RANK_BOLD: f32 = 0.4;

/// Points that capitals count in the rank of a heading.
pub(super) const RANK_CAPITALS: f32 = 0.2;

/// Points that italics count against the rank of a heading.
pub(super) const RANK_ITALIC: f32 = 0.1;

/// Points. Ranks that are closer are one level.
pub(super) const RANKS_APART: f32 = 0.35;

/// Points by which a rank is off that of its level; more than the distance of levels, against
/// rounding.
pub(super) const RANK_SAME: f32 = 0.36;

/// Points by which a heading is off one whose level the file declares, to get that level.
pub(super) const RANK_DECLARED: f32 = 0.2;

/// Share of a document that headings are at most; a tag tree that calls more of it headings is
/// wrong, as those of some converters are.
pub(super) const HEADINGS_SHARE_MAX: f32 = 0.25;

/// Steps in which sizes are counted, per point.
pub(super) const SIZE_STEPS_PER_POINT: f32 = 4.0;

/// Points by which counted sizes differ that are one.
pub(super) const SIZE_SAME: f32 = 0.01;

/// Certainty from 0 to 1 of a block found as a table.
pub(super) const TABLE: f32 = 0.85;

/// Certainty of a listing, from its typeface and signs.
pub(super) const LISTING: f32 = 0.8;

/// Certainty of a caption, from its name and number.
pub(super) const CAPTION: f32 = 0.85;

/// Certainty of a footnote, from its place, size and mark.
pub(super) const FOOTNOTE: f32 = 0.75;

/// Certainty of a displayed formula, from its signs.
pub(super) const FORMULA: f32 = 0.7;

/// Certainty of a list item with a bullet or a number of a reference.
pub(super) const BULLET_ITEM: f32 = 0.9;

/// Certainty of a list item with a number or letter, which may be a section.
pub(super) const NUMBER_ITEM: f32 = 0.8;

/// Certainty of page headers and footers.
pub(super) const PAGE_FRAME: f32 = 0.9;

/// Share of the height of the page below which footnotes start.
pub(super) const FOOT: f32 = 0.5;

/// Times the size of running text. A smaller caption is set apart: articles.
pub(super) const CAPTION_SMALLER: f32 = 0.95;

/// Times the size of running text. Footnotes of articles and contracts are smaller.
pub(super) const FOOTNOTE_SIZE_MAX: f32 = 0.93;

/// Font sizes by which the mark of a footnote is raised.
pub(super) const MARK_SHIFT: f32 = 0.15;

/// Font sizes. Items of a list that are indented less are on one level.
pub(super) const NEST_SLACK: f32 = 0.7;

/// Font sizes. An item that stands further in is in another column.
pub(super) const NEST_MAX: f32 = 12.0;

/// Share of their width that parts of one table on several pages have in common: where no rules are
/// drawn, a part is as wide as its texts.
pub(super) const WIDTH_SHARE: f32 = 0.85;

/// Share of the page. A larger picture is its background if there is text: scans and slides.
pub(super) const BACKGROUND: f32 = 0.85;

/// Points by which the pieces of pictures, and text beside them, reach into one another.
pub(super) const PICTURE_SLACK: f32 = 2.0;

/// Font sizes of a caption from its picture at most: articles and reports.
pub(super) const CAPTION_GAP: f32 = 3.0;

/// Share of the narrower width that blocks of one column have in common.
pub(super) const SHARED_WIDTH: f32 = 0.3;

/// Points. Page headers and footers stand at the same height on their pages within this distance.
pub(super) const DRIFT: f32 = 12.0;

/// The same of a long text that comes back, as on a first page with margins of its own: books and
/// reports.
pub(super) const DRIFT_OF_LONG_TEXT: f32 = 40.0;

/// The same where a text is on two neighbouring pages only: letters.
pub(super) const DRIFT_OF_NEIGHBOURS: f32 = 2.0;

/// Times the usual size of text. Bigger text that a file marks as an artifact is a title.
pub(super) const HEADER_SIZE_MAX: f32 = 1.05;

/// Share of letters that a tagged PDF marks as artifacts in a page header or footer.
pub(super) const ARTIFACT: f32 = 0.95;

/// Share by which sizes of a page header differ on its pages; a section heading in the same words
/// differs more.
pub(super) const RESIZED: f32 = 0.05;

/// Share of the height of the page from its edges within which page headers and footers stand.
pub(super) const EDGE: f32 = 0.14;

/// Font sizes. Parts of a page header are further apart.
pub(super) const PART_GAP: f32 = 2.0;

/// Share of the width of the text. A row that reaches over more is spread over the page: headers of
/// three parts.
pub(super) const SPREAD: f32 = 0.85;

/// Shares of the width of the page on both sides in which turned text is a page header: stamps of
/// archives of articles.
pub(super) const MARGIN: f32 = 0.12;

/// Font sizes by which baselines of one row at the edge of a page differ.
pub(super) const EDGE_ROW_SLACK: f32 = 0.35;

/// Share of the size of the next row that counts where a row at the edge is smaller.
pub(super) const NEXT_ROW_SIZE: f32 = 0.8;

/// Share of the width of the text that a line of prose has; forms and bills have few such rows.
pub(super) const FULL_LINE: f32 = 0.6;

/// Share of the height of the page: the very edge, where a single row apart is a page header.
pub(super) const BAND: f32 = 0.085;

/// Font sizes between such a row and the text.
pub(super) const LONELY_GAP: f32 = 1.9;

/// Times the size of running text that such a row has at most.
pub(super) const LONELY_SIZE_MAX: f32 = 1.1;

/// Font sizes between a page number alone in its row and the text.
pub(super) const NUMBER_GAP: f32 = 1.8;

/// Font sizes between a row that is spread over the page and the text.
pub(super) const SPREAD_GAP: f32 = 1.5;

/// Font sizes between a running title with a page number and the text: journals and books.
pub(super) const TITLE_NUMBER_GAP: f32 = 1.1;

/// Share of the size of the biggest text of a cover that a heading on it has: leaflets and reports.
pub(super) const COVER_BIGGEST: f32 = 0.97;
