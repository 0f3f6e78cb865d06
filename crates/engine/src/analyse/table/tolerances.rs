//! Tolerances of tables. A font size is the height in which text is set, in points.

use std::ops::Range;

/// Font sizes. Wider gaps between words part phrases, and columns of tables that a drawing does not
/// divide.
pub(super) const PHRASE_GAP: f32 = 0.62;

/// The same between two numbers, which one phrase seldom has: statistics and balance sheets.
pub(super) const NUMBER_GAP: f32 = 0.42;

/// Font sizes. A currency sign belongs to the number behind it up to this gap: balance sheets,
/// where signs stand at the edge of their column.
pub(super) const MONEY_GAP: f32 = 12.0;

/// Font sizes by which baselines of one row differ, in all tables.
pub(super) const ROW_SLACK: f32 = 0.3;

/// Share of the size of its row that raised and lowered marks are below: tables of articles.
pub(super) const SCRIPT_ROW_SIZE: f32 = 0.8;

/// Font sizes by which beginnings of words in one column differ: lists and timetables set flush
/// left.
pub(super) const ALIGNED_SLACK: f32 = 0.3;

/// Font sizes. A phrase that reaches less over a column does not stand over it.
pub(super) const COLUMN_REACH: f32 = 0.1;

/// Font sizes. Gaps between words of one phrase part columns from this width on: tightly set
/// statistics.
pub(super) const SPLIT_GAP: f32 = 0.3;

/// Times the usual space between words, for the same.
pub(super) const SPLIT_RATIO: f32 = 1.35;

/// Font sizes. The space between words where no two words show it.
pub(super) const WORD_SPACE_FALLBACK: f32 = 0.25;

/// Font sizes. Lines of one cell follow one another within this distance: price lists and schedules
/// with wrapped text.
pub(super) const LEADING_MAX: f32 = 1.5;

/// Times the tightest distance. Rows are apart if their distance is larger.
pub(super) const WIDER: f32 = 1.2;

/// Font sizes. Rows this close are one row whose cells are not on one height, as where cells are
/// centred.
pub(super) const OFFSET: f32 = 0.75;

/// Font sizes. Smaller steps are those of cells that are not on one height, not of rows.
pub(super) const STEP_MIN: f32 = 0.8;

/// Font sizes above a baseline from which a rule is below the text: rules touch descents in
/// statistics.
pub(super) const RULE_BELOW_TEXT: f32 = 0.2;

/// Font sizes above the baseline of a row of the body up to which a rule is above the text.
pub(super) const RULE_ABOVE_TEXT: f32 = 0.3;

/// Font sizes. The name of a row that stands further out than the one above begins a row: balance
/// sheets.
pub(super) const OUTDENT: f32 = 0.6;

/// Font sizes. What stands further in than the text above is a row below its group: balance sheets.
pub(super) const INDENT: f32 = 0.4;

/// Font sizes. The space that the next word would have needed at the end of the cell line above.
pub(super) const WORD_SPACE_OF_CELL: f32 = 0.25;

/// Font sizes by which the text of a cell may end before its column does.
pub(super) const CELL_EDGE_SLACK: f32 = 0.1;

/// Points. Pieces of a rule that are drawn at heights this close are one rule.
pub(super) const RULE_SAME_HEIGHT: f32 = 1.5;

/// Share of the width of a table that a rule over it covers: statistics and tables of articles.
pub(super) const RULE_COVER: f32 = 0.7;

/// Points. Rows without text are no higher if they are the space between the boxes of a form.
pub(super) const FLAT: f32 = 6.5;

/// Points. Columns without text are no wider if they are the space of a double line: bills and
/// forms.
pub(super) const THIN: f32 = 14.0;

/// Points. A square this close to another line is part of what that belongs to: grids of forms.
pub(super) const CHECKBOX_TOUCH: f32 = 0.7;

/// Points. Edges this close are one: forms, whose lines are drawn twice or as thin boxes.
pub(super) const SNAP: f32 = 3.0;

/// Points of the gaps over which edges reach each other: forms drawn piece by piece.
pub(super) const REACH: f32 = 3.0;

/// Points. Lines that reach this far beyond the outermost edge across them leave a side open:
/// tables of reports without side lines.
pub(super) const OPEN_MIN: f32 = 8.0;

/// Points. Rows of text are at least this high.
pub(super) const ROW_MIN: f32 = 6.0;

/// Points. Filled boxes this close touch: tables of reports with coloured cells.
pub(super) const FILL_TOUCH: f32 = 2.5;

/// Points. Filled boxes that are less wide hold no text: pieces that typesetting programs of annual
/// reports draw.
pub(super) const NARROW: f32 = 6.0;

/// Share of the lower height that filled cells of one row have beside one another.
pub(super) const FILL_BESIDE: f32 = 0.8;

/// Font sizes. Rows of one table of filled boxes follow each other within this distance.
pub(super) const FILL_ROW_GAP: f32 = 0.7;

/// Heights of a box between the stripes of a table: one or two rows without colour.
pub(super) const STRIPE_ROOM: Range<f32> = 0.5..2.5;

/// Share by which heights of the stripes of one table differ.
pub(super) const STRIPE_HEIGHT: f32 = 0.2;

/// Share of a filled box that lies within another which replaces it: cells that are filled again
/// line by line.
pub(super) const FILL_CONTAINED: f32 = 0.95;

/// Font sizes above a baseline up to which a rule is below the row: rules under the header of
/// statistics.
pub(super) const HEADER_RULE: f32 = 0.15;

/// Font sizes that the middle of a header over several columns may be off theirs.
pub(super) const SPANNER_OFFSET: f32 = 1.5;

/// Points by which ends of rules of one table differ: tables of articles whose first rule is
/// indented.
pub(super) const ENDS_SLACK: f32 = 8.0;

/// Points between the parts of one rule that is drawn column by column: balance sheets.
pub(super) const PARTS_GAP: f32 = 12.0;

/// Points. Shorter rules are underlines and strokes of fractions.
pub(super) const LENGTH_MIN: f32 = 60.0;

/// Points. Higher empty bands between rules part tables of a page.
pub(super) const EMPTY_MAX: f32 = 20.0;

/// Font sizes. A single line of text between rules that are closer is a row over all columns:
/// tables of articles.
pub(super) const TITLE_HEIGHT: f32 = 2.4;

/// Font sizes. Rows this close to the rules belong to the table if they stand in its columns.
pub(super) const EXTENSION_GAP: f32 = 0.7;

/// Font sizes between the first rule and the header above it: statistics with an open head.
pub(super) const TOP_GAP: Range<f32> = -0.3..0.7;

/// Points that text of a table reaches over the ends of its rules: articles.
pub(super) const AREA_MARGIN: f32 = 4.0;

/// Share of all columns. A wider phrase runs across them: names of groups in statistics.
pub(super) const ACROSS: f32 = 0.55;

/// Share of its column that a line of words fills in prose: text in columns between rules.
pub(super) const PROSE_FILL: f32 = 0.75;

/// Share of the width of its rules within which the numbers of a table begin whose rules leave out
/// the names of its rows.
pub(super) const STUB_SHARE: f32 = 0.3;

/// Font sizes. Rows further apart belong to different tables without rules.
pub(super) const ROWS_APART: f32 = 3.2;

/// Font sizes. The same for rows whose cells are flush with one another, and for heads: bills and
/// statements with much room.
pub(super) const LIKE_ROWS_APART: f32 = 5.0;

/// Font sizes. A row of a table without rules has a gap this wide: bills and price lists.
pub(super) const GAP_MIN: f32 = 1.2;

/// Share of the cells of a drawn grid that hold text at least; charts are emptier.
pub(super) const FILLED_OF_DRAWN: f32 = 0.25;

/// The same of a table between rules.
pub(super) const FILLED_BETWEEN_RULES: f32 = 0.25;

/// The same of a table without rules: the less is drawn, the more its text must say.
pub(super) const FILLED_WITHOUT_RULES: f32 = 0.5;

/// Times the usual step of rows. A line further below the row above it is set apart: headings of
/// small tables in bookings and reports.
pub(super) const HEADING_APART: f32 = 1.3;

/// Times the size of the row above it that a heading between tables has, for the same.
pub(super) const HEADING_BIGGER: f32 = 1.1;

/// Font sizes from the last line of a cell that a page begins with to the next row: registers whose
/// rows break over pages.
pub(super) const WRAPPED_ABOVE: f32 = 2.2;

/// Font sizes from the head of a table to its only row: bookings and orders.
pub(super) const SMALL_STEP: f32 = 2.2;

/// Points by which the names beside a drawn grid are off one another: observations and counts.
pub(super) const SIDE_NAME_SLACK: f32 = 3.0;

/// Share of the width of a grid up to which the names of its rows stand off it, for the same.
pub(super) const SIDE_NAME_REACH: f32 = 1.0;
