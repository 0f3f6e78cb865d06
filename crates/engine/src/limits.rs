//! Limits in terms of the document: what a document may hold before it is refused, or before a part
//! of it is left out with a warning. Sizes are read from headers or counted while they stream by, so
//! that a document beyond a limit costs little.

use std::fmt;

/// The limits, and why real documents stay below them. They keep one document within about 20
/// seconds of one core, 10 ms more for each page, and 640 MiB of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pages of a document. The largest books and statute collections have some thousand.
    pub pages: u64,
    /// Pictures in one image file. A scanned folder of 500 pages is a large TIFF.
    pub image_pages: u64,
    /// Pixels of one picture. A page of A2 at 600 dots per inch has 140 million.
    pub pixels: u64,
    /// Bytes of one picture while it is decoded. A page of A3 at 600 dots per inch in color has
    /// 209 MB.
    pub picture_bytes: u64,
    /// Pixels of all pages that are looked at as pictures, beyond 5,000 for each byte of the file. A
    /// page of A4 at 600 dots per inch has 35 million, and 15,000 bytes as a rule.
    pub document_pixels: u64,
    /// Pixels of all pictures that a page of a PDF draws, counting each as often as it is drawn.
    pub page_pixels: u64,
    /// Bytes of one stream of a PDF after decompression. The largest page contents, of maps, have
    /// 30 MB.
    pub stream_bytes: u64,
    /// Objects of a PDF: the format itself allows 8,388,607 (ISO 32000-1, annex C).
    pub objects: u64,
    /// Bytes of the streams of a PDF that hold objects, after decompression. A structured document
    /// of 5,000 pages has 200 MB.
    pub object_bytes: u64,
    /// Bytes of all forms that a page of a PDF draws.
    pub form_bytes: u64,
    /// Operators of one page of a PDF. Detailed maps have a million.
    pub page_operators: u64,
    /// Characters of one page. A newspaper page has 40,000.
    pub page_characters: u64,
    /// Characters of a PDF, before its pages add their share of 15,000 each. A dense page has 8,000.
    pub characters: u64,
    /// Operators of a PDF, before its pages add their share of 100,000 each.
    pub operators: u64,
    /// Entries of the character maps of one font. Fonts hold at most 65,535 glyphs.
    pub map_entries: u64,
    /// Characters that one code of a font may stand for. Ligatures stand for up to 18.
    pub map_characters: u64,
    /// Dashes and pattern cells that a drawn page holds. A drawn map has some ten thousand.
    pub page_marks: u64,
    /// Painted areas of a drawn page, as multiples of the page's own area. Layered artwork has 50.
    pub page_paintings: u64,
    /// Files in an Office package. A presentation of 500 slides has 4,000.
    pub package_parts: u64,
    /// Bytes of all files of an Office package after decompression.
    pub package_bytes: u64,
    /// Bytes of the XML of an Office package after decompression. A novel has 10 MB, a workbook of
    /// 500,000 cells 40 MB.
    pub xml_bytes: u64,
    /// How often a large file of a package may hold its compressed size. XML reaches 100.
    pub package_ratio: u64,
    /// XML elements, or HTML tags, that are read. A novel has 300,000.
    pub elements: u64,
    /// Nested elements. Office XML stays below 60, web pages below 100 without tags that close by themselves.
    pub depth: u64,
    /// Attributes of one tag of a web page. Real tags have some ten.
    pub attributes: u64,
    /// Tables within the cells of tables. Forms laid out by tables reach 5.
    pub tables_nested: u64,
    /// Characters of an Office document, web page or Markdown file, counting text as often as it is
    /// shown, and each paragraph and each filled cell as 25 more. A novel of 1,000 pages has 4
    /// million, a workbook of 300,000 cells 10 million.
    pub text_characters: u64,
    /// Cells of all tables or sheets, empty ones within them included.
    pub table_cells: u64,
    /// Cells that merged ranges cover in a workbook.
    pub merged_cells: u64,
    /// Slides or sheets of an Office document.
    pub slides: u64,
    /// Attachments of a mail, with those of the mails in it. A mail of a busy office has 30.
    pub attachments: u64,
    /// Mails within mails. A discussion that is forwarded as files reaches 3.
    pub mails_nested: u64,
}

impl Limits {
    /// The limits of the server.
    pub const DEFAULT: Self = Self {
        pages: 50_000,
        image_pages: 5_000,
        pixels: 150_000_000,
        picture_bytes: 400 << 20,
        document_pixels: 2_000_000_000,
        page_pixels: 2_000_000_000,
        stream_bytes: 128 << 20,
        objects: 8_388_607,
        object_bytes: 384 << 20,
        form_bytes: 256 << 20,
        page_operators: 3_000_000,
        page_characters: 300_000,
        characters: 5_000_000,
        operators: 200_000_000,
        map_entries: 500_000,
        map_characters: 64,
        page_marks: 1_000_000,
        page_paintings: 2_000,
        package_parts: 20_000,
        package_bytes: 512 << 20,
        xml_bytes: 256 << 20,
        package_ratio: 200,
        elements: 6_000_000,
        depth: 160,
        attributes: 2_000,
        tables_nested: 20,
        text_characters: 11_000_000,
        table_cells: 2_000_000,
        merged_cells: 1_000_000,
        slides: 5_000,
        attachments: 200,
        mails_nested: 5,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    /// What `limit` allows.
    #[must_use]
    pub fn of(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Pages => self.pages,
            Limit::ImagePages => self.image_pages,
            Limit::Pixels => self.pixels,
            Limit::PictureBytes => self.picture_bytes,
            Limit::DocumentPixels => self.document_pixels,
            Limit::PagePixels => self.page_pixels,
            Limit::StreamBytes => self.stream_bytes,
            Limit::Objects => self.objects,
            Limit::ObjectBytes => self.object_bytes,
            Limit::FormBytes => self.form_bytes,
            Limit::PageOperators => self.page_operators,
            Limit::PageCharacters => self.page_characters,
            Limit::Characters => self.characters,
            Limit::Operators => self.operators,
            Limit::MapEntries => self.map_entries,
            Limit::MapCharacters => self.map_characters,
            Limit::PageMarks => self.page_marks,
            Limit::PagePaintings => self.page_paintings,
            Limit::PackageParts => self.package_parts,
            Limit::PackageBytes => self.package_bytes,
            Limit::XmlBytes => self.xml_bytes,
            Limit::PackageRatio => self.package_ratio,
            Limit::Elements => self.elements,
            Limit::Depth => self.depth,
            Limit::Attributes => self.attributes,
            Limit::TablesNested => self.tables_nested,
            Limit::TextCharacters => self.text_characters,
            Limit::TableCells => self.table_cells,
            Limit::MergedCells => self.merged_cells,
            Limit::Slides => self.slides,
            Limit::Attachments => self.attachments,
            Limit::MailsNested => self.mails_nested,
        }
    }

    /// Checks an amount.
    ///
    /// # Errors
    /// If it is beyond the limit.
    pub fn check(&self, limit: Limit, amount: u64) -> Result<(), Excess> {
        let allowed = self.of(limit);
        if amount > allowed { Err(Excess { limit, amount, allowed }) } else { Ok(()) }
    }
}

/// A limit by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::pages`].
    Pages,
    /// [`Limits::image_pages`].
    ImagePages,
    /// [`Limits::pixels`].
    Pixels,
    /// [`Limits::picture_bytes`].
    PictureBytes,
    /// [`Limits::document_pixels`].
    DocumentPixels,
    /// [`Limits::page_pixels`].
    PagePixels,
    /// [`Limits::stream_bytes`].
    StreamBytes,
    /// [`Limits::objects`].
    Objects,
    /// [`Limits::object_bytes`].
    ObjectBytes,
    /// [`Limits::form_bytes`].
    FormBytes,
    /// [`Limits::page_operators`].
    PageOperators,
    /// [`Limits::page_characters`].
    PageCharacters,
    /// [`Limits::characters`].
    Characters,
    /// [`Limits::operators`].
    Operators,
    /// [`Limits::map_entries`].
    MapEntries,
    /// [`Limits::map_characters`].
    MapCharacters,
    /// [`Limits::page_marks`].
    PageMarks,
    /// [`Limits::page_paintings`].
    PagePaintings,
    /// [`Limits::package_parts`].
    PackageParts,
    /// [`Limits::package_bytes`].
    PackageBytes,
    /// [`Limits::xml_bytes`].
    XmlBytes,
    /// [`Limits::package_ratio`].
    PackageRatio,
    /// [`Limits::elements`].
    Elements,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::attributes`].
    Attributes,
    /// [`Limits::tables_nested`].
    TablesNested,
    /// [`Limits::text_characters`].
    TextCharacters,
    /// [`Limits::table_cells`].
    TableCells,
    /// [`Limits::merged_cells`].
    MergedCells,
    /// [`Limits::slides`].
    Slides,
    /// [`Limits::attachments`].
    Attachments,
    /// [`Limits::mails_nested`].
    MailsNested,
}

impl Limit {
    /// Its name, as in [`Limits`].
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The name and what is counted.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pages => ("pages", "pages"),
            Self::ImagePages => ("image_pages", "pictures in one file"),
            Self::Pixels => ("pixels", "pixels in one picture"),
            Self::PictureBytes => ("picture_bytes", "bytes in one decoded picture"),
            Self::DocumentPixels => ("document_pixels", "pixels beyond what its size explains"),
            Self::PagePixels => ("page_pixels", "pixels in the pictures of one page"),
            Self::StreamBytes => ("stream_bytes", "bytes in one decompressed stream"),
            Self::Objects => ("objects", "objects"),
            Self::ObjectBytes => ("object_bytes", "decompressed bytes of objects"),
            Self::FormBytes => ("form_bytes", "decompressed bytes in the forms of one page"),
            Self::PageOperators => ("page_operators", "operators on one page"),
            Self::PageCharacters => ("page_characters", "characters on one page"),
            Self::Characters => ("characters", "characters"),
            Self::Operators => ("operators", "operators"),
            Self::MapEntries => ("map_entries", "entries in the maps of one font"),
            Self::MapCharacters => ("map_characters", "characters for one code of a font"),
            Self::PageMarks => ("page_marks", "dashes and pattern cells on one page"),
            Self::PagePaintings => ("page_paintings", "times the area of one page painted over"),
            Self::PackageParts => ("package_parts", "files in its package"),
            Self::PackageBytes => ("package_bytes", "decompressed bytes in its package"),
            Self::XmlBytes => ("xml_bytes", "bytes of decompressed XML"),
            Self::PackageRatio => ("package_ratio", "times the compressed size in one file"),
            Self::Elements => ("elements", "elements"),
            Self::Depth => ("depth", "levels of nested elements"),
            Self::Attributes => ("attributes", "attributes of one tag"),
            Self::TablesNested => ("tables_nested", "levels of tables within tables"),
            Self::TextCharacters => ("text_characters", "characters of text"),
            Self::TableCells => ("table_cells", "cells in its tables or sheets"),
            Self::MergedCells => ("merged_cells", "cells in merged ranges"),
            Self::Slides => ("slides", "slides or sheets"),
            Self::Attachments => ("attachments", "attachments"),
            Self::MailsNested => ("mails_nested", "mails within mails"),
        }
    }
}

/// An amount beyond a limit. Where counting stopped early, the document holds more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Excess {
    /// The limit.
    pub limit: Limit,
    /// What was counted.
    pub amount: u64,
    /// What the limit allows.
    pub allowed: u64,
}

impl fmt::Display for Excess {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, amount, allowed } = self;
        let (name, what) = limit.words();
        write!(to, "at least {amount} {what}; the limit {name} is {allowed}")
    }
}
