//! Tolerances of the layout: words, lines, columns and paragraphs. A font size is the height in
//! which text is set, in points.

use std::ops::{Range, RangeInclusive};

/// Font sizes. A wider horizontal gap between letters ends a fragment, in all documents.
pub(super) const FRAGMENT_GAP: f32 = 1.0;

/// Font sizes more that a gap may have beside a written space: justified text of books and
/// articles.
pub(super) const FRAGMENT_GAP_AT_SPACE: f32 = 0.3;

/// Font sizes. A longer step back ends a fragment; kerning and accents step back less.
pub(super) const STEP_BACK: f32 = 0.6;

/// Font sizes by which baselines differ within a fragment, for raised and lowered text of articles.
pub(super) const BASELINE_SHIFT: f32 = 0.5;

/// Font sizes by which baselines differ, and letters overlap, where the pen goes to the left:
/// Arabic and Hebrew text in reading order.
pub(super) const LEFTWARD_SHIFT: f32 = 0.3;

/// Ratio of sizes of neighbours in one fragment. Beyond it one is a drop cap of a magazine or a sum
/// sign.
pub(super) const SIZES_OF_FRAGMENT: RangeInclusive<f32> = 0.4..=2.5;

/// Font sizes of the smaller letter. A drop cap that is closer to its word belongs to it.
pub(super) const DROP_CAP_GAP: f32 = 0.3;

/// Font sizes. A wider letter carries an accent that was set on it and left the pen behind, as TeX
/// does.
pub(super) const ACCENT_LETTER_WIDTH: f32 = 1.5;

/// Share of the narrower width that an accent has in common with its letter: documents of TeX.
pub(super) const ACCENT_OVERLAP: f32 = 0.4;

/// Font sizes beyond the usual gap between letters that part words where no spaces are written:
/// documents of TeX and old scans.
pub(super) const WORD_GAP: f32 = 0.13;

/// The same in lines in which spaces are written, as word processors do.
pub(super) const WORD_GAP_WITH_SPACES: f32 = 0.25;

/// Font sizes more beside a raised or lowered letter, in formulas and at note marks of articles.
pub(super) const WORD_GAP_AT_SCRIPT: f32 = 0.07;

/// Font sizes by which the baseline of a smaller raised or lowered letter is off its line, in
/// formulas and at note marks.
pub(super) const SCRIPT_SHIFT: f32 = 0.1;

/// The same for a mark of full size at the start of a footnote.
pub(super) const MARK_SHIFT: f32 = 0.25;

/// Font sizes. The widest usual gap between letters of spaced-out text, as in titles of brochures.
pub(super) const LETTER_SPACING_MAX: f32 = 0.6;

/// Font sizes. Fragments on one baseline with at most this gap are one line, in all documents.
pub(super) const JOIN_GAP: f32 = 0.9;

/// Font sizes of the smaller line by which baselines of one row differ, in all documents.
pub(super) const BASELINE_SLACK: f32 = 0.25;

/// Share of the lower height that a raised or lowered piece has beside its line, in formulas and at
/// note marks.
pub(super) const SCRIPT_BESIDE: f32 = 0.4;

/// Font sizes. Wider gaps in a line are those between columns of a table.
pub(super) const TABLE_GAP: f32 = 1.6;

/// Font sizes. Words of two fragments that are closer are one word: text that is drawn in pieces.
pub(super) const TOUCHING_GAP: f32 = 0.1;

/// Font sizes. Going up by more is a jump in the order of the file, as to the next column.
pub(super) const JUMP: f32 = 1.5;

/// Font sizes. Parts of a row outside of tables belong together up to this gap: labels and values
/// of forms.
pub(super) const NEAR: f32 = 3.0;

/// Font sizes. Rows of a table follow one another within this distance.
pub(super) const ROWS_APART: f32 = 4.0;

/// Font sizes by which runs overlap that stand below one another, as lines with ascents and
/// descents do.
pub(super) const RUN_OVERLAP: f32 = 0.3;

/// Font sizes of the smaller line. A lower baseline begins a new row, in forms and slides that are
/// sorted by place.
pub(super) const ROW_STEP: f32 = 0.4;

/// Font sizes. The least width of a gutter between columns of articles and newspapers.
pub(super) const GUTTER_MIN: f32 = 0.75;

/// Font sizes. Lines further off do not belong to the columns above them.
pub(super) const APART: f32 = 1.8;

/// Share of the width of a column by which the edges of its full lines differ: articles with a
/// figure at the head of the other column.
pub(super) const FULL_LINE_SLACK: f32 = 0.08;

/// Font sizes by which lines reach into the band above: ascents and descents.
pub(super) const BAND_OVERLAP: f32 = 0.25;

/// Font sizes by which baselines of one row of a column differ.
pub(super) const COLUMN_ROW_SLACK: f32 = 0.3;

/// Characters of the mean row of text columns that are written one after the other; shorter ones
/// are cells.
pub(super) const COLUMN_CHARACTERS_MIN: f32 = 14.0;

/// Share of rows on common baselines. With more of them two lists of short entries are a table.
pub(super) const ALIGNED_SHARE_MAX: f32 = 0.7;

/// Characters of the mean row of lists in columns, such as indexes of books.
pub(super) const ENTRY_CHARACTERS_MIN: f32 = 5.0;

/// Characters of the mean row of text columns whose rows the file writes in turns.
pub(super) const WOVEN_CHARACTERS_MIN: f32 = 22.0;

/// Share of the width that the mean row of such a column fills.
pub(super) const WOVEN_FILL_MIN: f32 = 0.6;

/// Font sizes from baseline to baseline where no two lines show it.
pub(super) const LEADING_FALLBACK: f32 = 1.3;

/// Font sizes. Distances of baselines that can be those of a paragraph: set tight up to double
/// spaced.
pub(super) const LEADINGS: Range<f32> = 0.9..2.6;

/// Share by which sizes differ of lines that show the leading.
pub(super) const LEADING_SAME_SIZE: f32 = 0.05;

/// Times the usual leading. Wider steps part paragraphs that are set apart by space.
pub(super) const PARAGRAPH_GAP: f32 = 1.2;

/// Font sizes more than the usual leading that part paragraphs of tightly set text.
pub(super) const PARAGRAPH_GAP_MORE: f32 = 0.12;

/// Times the usual leading. The same in scans, where sizes and baselines are measured inexactly.
pub(super) const PARAGRAPH_GAP_OF_SCANS: f32 = 1.4;

/// Share of the size by which lines of one paragraph differ.
pub(super) const SIZE_SLACK: f32 = 0.08;

/// The same in scans.
pub(super) const SIZE_SLACK_OF_SCANS: f32 = 0.3;

/// Share by which sizes of the lines of one title differ.
pub(super) const TITLE_SAME_SIZE: f32 = 0.03;

/// Font sizes from baseline to baseline within a title, whatever the text below it has.
pub(super) const TITLE_LEADINGS: Range<f32> = 0.8..1.65;

/// Share of letters that makes a line bold, italic or a declared heading as a whole: run-in
/// headings of articles.
pub(super) const ALL_OF_LINE: f32 = 0.95;

/// Share of bold letters below which a line before a bold one is plain.
pub(super) const FEW_OF_LINE_BOLD: f32 = 0.2;

/// Share of italic letters below which a line is upright.
pub(super) const NONE_OF_LINE: f32 = 0.05;

/// Font sizes by which lines of a list item are off the text behind its marker.
pub(super) const ITEM_INDENT_SLACK: f32 = 0.4;

/// Font sizes by which markers of one list are off one another: numbers set flush right.
pub(super) const ITEM_ALIGN_SLACK: f32 = 1.2;

/// Share of the lower height that raised or lowered lines of a displayed formula have beside the
/// line above.
pub(super) const SCRIPT_LINE_OVERLAP: f32 = 0.2;

/// Font sizes by which a first line stands in or hangs out: books, and bibliographies with hanging
/// lines.
pub(super) const INDENT_MIN: f32 = 0.8;

/// Font sizes. Lines that stand in further are centred or set apart, not first lines.
pub(super) const INDENT_MAX: f32 = 4.0;

/// Font sizes left over after the next word would have fit. A line with that room ends its
/// paragraph: ragged letters and reports.
pub(super) const ROOM_AT_END: f32 = 2.5;

/// The same where the next line begins with a capital: lines of bills and addresses.
pub(super) const ROOM_BEFORE_CAPITAL: f32 = 0.5;

/// Share of the width of the column, for the same, which narrow ragged columns need.
pub(super) const ROOM_AT_END_SHARE: f32 = 0.12;

/// Set text has at least this share of its characters in its commonest sizes; scans have sizes by
/// the line.
pub(super) const COMMON_SHARE: f32 = 0.6;

/// Share of the words of a line that have another size than it in set text; scans have more.
pub(super) const ODD_WORDS_SHARE: f32 = 0.2;

/// Font sizes. Words further apart stand in columns, which scans of forms have.
pub(super) const GAP_OF_COLUMNS: f32 = 3.5;

/// Share by which sizes differ that are one in set text.
pub(super) const SAME_SIZE: f32 = 0.004;

/// Ratio to the middle size of a scan. Lines within it have that size.
pub(super) const NOISY_SIZES: RangeInclusive<f32> = 0.72..=1.32;

/// Font sizes between the middles of letters that follow one another in a watermark or a turned
/// stamp.
pub(super) const OBLIQUE_STEP: f32 = 1.3;

/// Font sizes more where a space stands between them.
pub(super) const OBLIQUE_SPACE: f32 = 1.2;

/// Font sizes between the middles of letters of one word, even the widest.
pub(super) const OBLIQUE_LETTER: f32 = 1.05;

/// Ratio of sizes of neighbours in text at an angle.
pub(super) const OBLIQUE_SIZES: RangeInclusive<f32> = 0.6..=1.6;

/// Share of the characters of a page. A box with more of them is the background or frame of a
/// brochure or slide.
pub(super) const PANEL_SHARE_MAX: f32 = 0.8;

/// Points by which lines reach over the edge of their box.
pub(super) const PANEL_SLACK: f32 = 2.0;

/// Share of its area that a box may have within a bigger one and stay a box of its own.
pub(super) const PANEL_OVERLAP: f32 = 0.05;

/// Share of a line outside of a box that lies within it: the line crosses the edge, so the box is a
/// drawing.
pub(super) const PANEL_CROSSING: f32 = 0.3;

/// Share of the width of the page. Text of magazines does not flow around wider pictures and boxes.
pub(super) const OBSTACLE_WIDTH_MAX: f32 = 0.7;

/// Font sizes. Lines of one listing follow one another within this distance, with an empty line
/// between them: manuals.
pub(super) const LISTING_STEP: f32 = 3.2;

/// Share of the width that full lines of a paragraph reach: prose in a typewriter face.
pub(super) const LISTING_FILL: f32 = 0.7;

/// Font sizes between the number of a line and its text: transcripts.
pub(super) const LINE_NUMBER_GAP: f32 = 0.9;

/// Share by which the steps of numbered lines differ: transcripts and pleadings.
pub(super) const LINE_NUMBER_STEP: f32 = 0.25;

/// Font sizes from the middle of a character to that of the next of its column, at most: vertical
/// writing that is set glyph by glyph.
pub(super) const VERTICAL_PITCH: f32 = 1.5;

/// Font sizes by which the middles of characters of one column are off one another, for the same.
pub(super) const VERTICAL_SLACK: f32 = 0.35;

/// Font sizes from the baseline to the lower edge of a character that is set so.
pub(super) const VERTICAL_DESCENT: f32 = 0.12;

/// Font sizes between letters of one word of a script whose signs are set around their letters, where
/// the file writes spaces: reports in Devanagari and its relatives.
pub(super) const WORD_GAP_OF_SIGNS: f32 = 0.8;

/// Share of the width of the right column that the left one has, if both are columns of one text:
/// articles with a figure at the head of the left column.
pub(super) const COLUMNS_ALIKE: f32 = 0.8;

/// Font sizes by which a line begins beside the edge of its column, next to a line of the other column
/// that is too long for that: articles set by hand.
pub(super) const OVERLONG_SLACK: f32 = 0.6;

/// Share of the glyphs of a page that makes upright text its main text: small tables with heads that
/// are written upwards.
pub(super) const UPRIGHT_SHARE: f32 = 0.4;
