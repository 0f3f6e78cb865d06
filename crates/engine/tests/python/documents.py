"""Writes documents with libraries that Docket does not use, each with one item that must not vanish.

    python documents.py FOLDER SEED

prints one JSON object a line: the file, its media type, the sort of the item, and the text that has to be
found (`null` for a picture).
"""

import io
import json
import random
import sys
import zlib
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches
from odf import dc, draw, office, opendocument, presentation, style, table, text
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches as SlideInches
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

FOLDER, SEED = Path(sys.argv[1]), int(sys.argv[2])
RANDOM = random.Random(SEED)
SYLLABLES = "ba ke lo mi nu ra sho ti vel wor zan pri gol dex fum hac".split()
PROSE = [
    "The harbour office keeps a list of all boats that stay overnight.",
    "Fees are due on the first working day of each month.",
    "Please hand in the form at the desk before the office closes.",
    "Visitors moor at the outer pontoon and report by radio.",
    "Water and power are included; the slipway is charged by the hour.",
]


def word():
    return "".join(RANDOM.choice(SYLLABLES) for _ in range(3))


def phrase():
    return f"{word()} {word()} {RANDOM.randrange(100, 999)}*{RANDOM.randrange(10, 99)}"


def prose():
    return RANDOM.sample(PROSE, 3)


def picture():
    image = Image.new("RGB", (240, 160), (250, 250, 240))
    drawing = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = RANDOM.randrange(200), RANDOM.randrange(120)
        colour = tuple(RANDOM.randrange(200) for _ in range(3))
        drawing.ellipse((x, y, x + 40, y + 40), fill=colour)
    data = io.BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data


class Pdf:
    media_type, extension = "application/pdf", "pdf"
    sorts = (
        "line paragraph turned small form-object invisible white text-field empty-look choice list-box "
        "free-text note header footer watermark raised spread stamp over-picture cell picture bullet".split()
    )

    def write(self, path, sort, item):
        size = RANDOM.choice([A4, letter])
        page = canvas.Canvas(str(path), pagesize=size)
        width, height = size
        page.setFont("Helvetica", 11)
        for index, line in enumerate(prose()):
            page.drawString(72, height - 120 - 16 * index, line)
        x, y = RANDOM.randrange(72, 200), RANDOM.randrange(250, 500)
        getattr(self, sort.replace("-", "_"))(page, (x, y), size, item)
        page.showPage()
        page.save()
        if sort == "empty-look":
            data = path.read_bytes()
            path.write_bytes(data.replace(b"/AP ", b"/XX "))

    def line(self, page, at, size, item):
        page.drawString(*at, item)

    def paragraph(self, page, at, size, item):
        lines = page.beginText(*at)
        lines.textLines([PROSE[0], item, PROSE[1]])
        page.drawText(lines)

    def turned(self, page, at, size, item):
        page.saveState()
        page.translate(*at)
        page.rotate(RANDOM.choice([90, 180, 270]))
        page.drawString(0, 0, item)
        page.restoreState()

    def small(self, page, at, size, item):
        page.setFont("Times-Roman", 5)
        page.drawString(*at, item)

    def form_object(self, page, at, size, item):
        page.beginForm("piece")
        page.setFont("Courier", 10)
        page.drawString(0, 0, item)
        page.endForm()
        page.translate(*at)
        page.doForm("piece")

    def invisible(self, page, at, size, item):
        lines = page.beginText(*at)
        lines.setTextRenderMode(3)
        lines.textLine(item)
        page.drawText(lines)

    def white(self, page, at, size, item):
        page.setFillGray(1)
        page.drawString(*at, item)

    def text_field(self, page, at, size, item):
        page.acroForm.textfield(value=item, name="f", x=at[0], y=at[1], width=220, height=20)

    empty_look = text_field

    def choice(self, page, at, size, item):
        options = [item, "other", "none"]
        page.acroForm.choice(value=item, options=options, name="c", x=at[0], y=at[1], width=220, height=20)

    def list_box(self, page, at, size, item):
        options = ["other", item, "none"]
        page.acroForm.listbox(value=item, options=options, name="l", x=at[0], y=at[1], width=220, height=60)

    def free_text(self, page, at, size, item):
        page.freeTextAnnotation(item, DA="0 0 0 rg /Helv 11 Tf", Rect=[at[0], at[1], at[0] + 220, at[1] + 30], addtopage=1)

    def note(self, page, at, size, item):
        page.textAnnotation(item, Rect=[at[0], at[1], at[0] + 20, at[1] + 20], addtopage=1)

    def header(self, page, at, size, item):
        page.drawString(72, size[1] - 36, item)

    def footer(self, page, at, size, item):
        page.drawString(72, 30, item)

    def watermark(self, page, at, size, item):
        page.saveState()
        page.translate(size[0] / 2, size[1] / 2)
        page.rotate(45)
        page.setFillGray(0.85)
        page.setFont("Helvetica-Bold", 30)
        page.drawCentredString(0, 0, item)
        page.restoreState()

    def raised(self, page, at, size, item):
        lines = page.beginText(*at)
        lines.textOut("see")
        lines.setRise(4)
        lines.setFont("Helvetica", 6)
        lines.textOut(item)
        page.drawText(lines)

    def spread(self, page, at, size, item):
        page.drawString(*at, item, charSpace=1.2)

    def stamp(self, page, at, size, item):
        page.rect(at[0] - 6, at[1] - 8, 240, 26)
        page.drawString(*at, item)

    def over_picture(self, page, at, size, item):
        page.drawImage(ImageReader(picture()), at[0] - 20, at[1] - 40, 280, 120)
        page.drawString(*at, item)

    def cell(self, page, at, size, item):
        for row, texts in enumerate([("Berth", "Boat"), ("12", item), ("13", "none")]):
            for column, value in enumerate(texts):
                left, bottom = at[0] + 150 * column, at[1] - 20 * row
                page.rect(left, bottom, 150, 20)
                page.drawString(left + 4, bottom + 6, value)

    def picture(self, page, at, size, item):
        page.drawImage(ImageReader(picture()), at[0], at[1], 160, 110)

    def bullet(self, page, at, size, item):
        page.drawString(*at, "\u2022 " + item)
        page.drawString(at[0], at[1] - 15, "\u2022 second entry")


class Word:
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    extension = "docx"
    sorts = (
        "paragraph heading bullet number cell nested-cell merged-cell header footer first-header even-footer comment "
        "break tab box control inserted picture picture-in-cell formula endnote hyperlink ruby old-box quote caption "
        "smart-tag cell-box".split()
    )

    def write(self, path, sort, item):
        document = docx.Document()
        document.add_heading("Harbour rules", 1)
        for line in prose():
            document.add_paragraph(line)
        getattr(self, sort.replace("-", "_"))(document, item)
        document.add_paragraph("End of the rules.")
        document.save(path)

    def paragraph(self, document, item):
        document.add_paragraph("Seen: ").add_run(item).bold = True

    def heading(self, document, item):
        document.add_heading(item, RANDOM.randrange(1, 4))

    def bullet(self, document, item):
        document.add_paragraph(item, style="List Bullet")

    def number(self, document, item):
        document.add_paragraph(item, style="List Number 2")

    def quote(self, document, item):
        document.add_paragraph(item, style="Intense Quote")

    def caption(self, document, item):
        document.add_paragraph(item, style="Caption")

    def grid(self, document):
        grid = document.add_table(rows=3, cols=3)
        for row in range(3):
            for column in range(3):
                grid.cell(row, column).text = f"{word()} {row}{column}"
        return grid

    def cell(self, document, item):
        self.grid(document).cell(1, 1).text = item

    def nested_cell(self, document, item):
        inner = self.grid(document).cell(2, 1).add_table(rows=2, cols=2)
        inner.cell(0, 0).text, inner.cell(1, 1).text = "inner", item

    def merged_cell(self, document, item):
        grid = self.grid(document)
        grid.cell(1, 0).merge(grid.cell(2, 1)).text = item

    def header(self, document, item):
        document.sections[0].header.paragraphs[0].text = item

    def footer(self, document, item):
        document.sections[0].footer.paragraphs[0].text = item

    def first_header(self, document, item):
        document.sections[0].different_first_page_header_footer = True
        document.sections[0].first_page_header.paragraphs[0].text = item

    def even_footer(self, document, item):
        document.settings.odd_and_even_pages_header_footer = True
        document.sections[0].even_page_footer.paragraphs[0].text = item

    def comment(self, document, item):
        run = document.add_paragraph().add_run("remarked")
        document.add_comment(run, text=item, author="Clerk", initials="C")

    def run_xml(self, content):
        return f"<w:r><w:t xml:space='preserve'>{content}</w:t></w:r>"

    def xml(self, document, content):
        names = nsdecls("w", "r", "wp", "a", "m") + (
            " xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
            " xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'"
            " xmlns:v='urn:schemas-microsoft-com:vml'"
        )
        document.element.body.insert(3, parse_xml(content.replace(">", f" {names}>", 1)))

    def break_(self, document, item):
        document.add_paragraph().add_run("one\n" + item)

    def tab(self, document, item):
        document.add_paragraph("Dues:\t" + item)

    def shape(self, item):
        return (
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><wp:extent cx='914400' cy='914400'/>"
            "<wp:docPr id='7' name='box'/><a:graphic><a:graphicData "
            "uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:txbx>"
            f"<w:txbxContent><w:p>{self.run_xml(item)}</w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData>"
            "</a:graphic></wp:inline></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
        )

    def box(self, document, item):
        self.xml(document, f"<w:p>{self.shape(item)}</w:p>")

    def cell_box(self, document, item):
        cell = f"<w:tc><w:tcPr/><w:p>{self.run_xml('beside')}{self.shape(item)}</w:p></w:tc>"
        other = f"<w:tc><w:tcPr/><w:p>{self.run_xml('other')}</w:p></w:tc>"
        rows = f"<w:tr>{other}{cell}</w:tr><w:tr>{other}{other}</w:tr>"
        self.xml(document, f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{rows}</w:tbl>")

    def old_box(self, document, item):
        self.xml(
            document,
            "<w:p><w:r><w:pict><v:shape style='width:90pt;height:40pt'><v:textbox><w:txbxContent><w:p>"
            f"{self.run_xml(item)}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>",
        )

    def control(self, document, item):
        self.xml(
            document,
            f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:p>{self.run_xml(item)}</w:p>"
            "</w:sdtContent></w:sdt>",
        )

    def inserted(self, document, item):
        self.xml(document, f"<w:p><w:ins w:id='1' w:author='C'>{self.run_xml(item)}</w:ins></w:p>")

    def smart_tag(self, document, item):
        self.xml(document, f"<w:p><w:smartTag w:element='place'>{self.run_xml(item)}</w:smartTag></w:p>")

    def hyperlink(self, document, item):
        self.xml(document, f"<w:p><w:hyperlink w:anchor='x'>{self.run_xml(item)}</w:hyperlink></w:p>")

    def ruby(self, document, item):
        base = f"<w:rubyBase>{self.run_xml(item)}</w:rubyBase>"
        self.xml(document, f"<w:p><w:r><w:ruby><w:rubyPr/><w:rt>{self.run_xml('up')}</w:rt>{base}</w:ruby></w:r></w:p>")

    def formula(self, document, item):
        self.xml(document, f"<w:p><m:oMath><m:r><m:t>{item.split()[0]}</m:t></m:r></m:oMath></w:p>")

    def endnote(self, document, item):
        part = docx.opc.part.Part(
            docx.opc.packuri.PackURI("/word/endnotes.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml",
            f"<w:endnotes {nsdecls('w')}><w:endnote w:id='2'><w:p>{self.run_xml(item)}</w:p></w:endnote></w:endnotes>".encode(),
            document.part.package,
        )
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/endnotes"
        document.part.relate_to(part, kind)
        self.xml(document, f"<w:p>{self.run_xml('Noted')}<w:r><w:endnoteReference w:id='2'/></w:r></w:p>")

    def picture(self, document, item):
        document.add_picture(picture(), width=Inches(2))

    def picture_in_cell(self, document, item):
        self.grid(document).cell(1, 2).paragraphs[0].add_run().add_picture(picture(), width=Inches(1))


# The name of a statement cannot be that of a method.
setattr(Word, "break", Word.break_)


class Workbook:
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = "xlsx"
    sorts = (
        "text number date truth error far second-sheet comment merged link rich formula picture chart-title "
        "chart-name beside below".split()
    )

    def write(self, path, sort, item):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Berth", "Boat", "Fee"])
        for row in range(5):
            sheet.append([row + 1, word(), RANDOM.randrange(50, 900)])
        found = getattr(self, sort.replace("-", "_"))(book, sheet, item)
        book.save(path)
        return found or item

    def text(self, book, sheet, item):
        sheet["B3"] = item

    def number(self, book, sheet, item):
        value = RANDOM.randrange(10_000, 99_999)
        sheet["C4"] = value
        return str(value)

    def date(self, book, sheet, item):
        import datetime

        sheet["C4"] = datetime.datetime(2031, 7, RANDOM.randrange(1, 28))
        return "2031"

    def truth(self, book, sheet, item):
        sheet["C4"] = True
        return "TRUE"

    def error(self, book, sheet, item):
        sheet["C4"] = "#N/A"
        return "#N/A"

    def far(self, book, sheet, item):
        sheet.cell(row=RANDOM.randrange(300, 900), column=RANDOM.randrange(8, 30)).value = item

    def second_sheet(self, book, sheet, item):
        book.create_sheet("More")["B2"] = item

    def comment(self, book, sheet, item):
        sheet["B3"].comment = Comment(item, "Clerk")

    def merged(self, book, sheet, item):
        sheet["A9"] = item
        sheet.merge_cells("A9:C10")

    def link(self, book, sheet, item):
        sheet["B3"] = item
        sheet["B3"].hyperlink = "https://example.org/boat"

    def rich(self, book, sheet, item):
        from openpyxl.cell.rich_text import CellRichText, TextBlock
        from openpyxl.cell.text import InlineFont

        first, rest = item.split(" ", 1)
        sheet["B3"] = CellRichText(TextBlock(InlineFont(b=True), first + " "), rest)

    def formula(self, book, sheet, item):
        sheet["C9"] = "=SUM(C2:C6)"
        return "no value is stored"

    def picture(self, book, sheet, item):
        sheet.add_image(SheetImage(picture()), "E2")

    def chart(self, sheet):
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=6), titles_from_data=True)
        return chart

    def chart_title(self, book, sheet, item):
        chart = self.chart(sheet)
        chart.title = item
        sheet.add_chart(chart, "E2")

    def chart_name(self, book, sheet, item):
        chart = self.chart(sheet)
        chart.x_axis.title = item
        sheet.add_chart(chart, "E2")

    def beside(self, book, sheet, item):
        sheet["H2"], sheet["H3"], sheet["I3"] = "Other", item, 4

    def below(self, book, sheet, item):
        sheet["A20"], sheet["B20"] = "Sum", item


class Slides:
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    extension = "pptx"
    sorts = (
        "title body box cell group notes picture chart-name chart-title link turned footer level group-picture empty-slide "
        "shape picture-text merged".split()
    )

    def write(self, path, sort, item):
        deck = pptx.Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = "Harbour"
        slide.placeholders[1].text = "\n".join(prose())
        getattr(self, sort.replace("-", "_"))(deck, slide, item)
        deck.save(path)

    def place(self):
        return [SlideInches(value) for value in (1, 4, 4, 1)]

    def title(self, deck, slide, item):
        slide.shapes.title.text = item

    def body(self, deck, slide, item):
        slide.placeholders[1].text_frame.add_paragraph().text = item

    def level(self, deck, slide, item):
        paragraph = slide.placeholders[1].text_frame.add_paragraph()
        paragraph.text, paragraph.level = item, 2

    def box(self, deck, slide, item):
        slide.shapes.add_textbox(*self.place()).text_frame.text = item

    def shape(self, deck, slide, item):
        slide.shapes.add_shape(RANDOM.choice([1, 5, 9]), *self.place()).text_frame.text = item

    def turned(self, deck, slide, item):
        box = slide.shapes.add_textbox(*self.place())
        box.rotation, box.text_frame.text = 90, item

    def cell(self, deck, slide, item):
        slide.shapes.add_table(3, 3, *self.place()).table.cell(1, 2).text = item

    def merged(self, deck, slide, item):
        grid = slide.shapes.add_table(3, 3, *self.place()).table
        grid.cell(1, 0).merge(grid.cell(2, 1))
        grid.cell(1, 0).text = item

    def group(self, deck, slide, item):
        inner = slide.shapes.add_group_shape().shapes.add_group_shape()
        inner.shapes.add_textbox(*self.place()).text_frame.text = item

    def notes(self, deck, slide, item):
        slide.notes_slide.notes_text_frame.text = item

    def link(self, deck, slide, item):
        run = slide.shapes.add_textbox(*self.place()).text_frame.paragraphs[0].add_run()
        run.text, run.hyperlink.address = item, "https://example.org/x"

    def footer(self, deck, slide, item):
        box = slide.shapes.add_textbox(*self.place())
        box.text_frame.text = item
        from pptx.oxml import parse_xml as parsed

        names = "xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main'"
        box._element.nvSpPr.nvPr.append(parsed(f"<p:ph {names} type='ftr' idx='11'/>"))

    def picture(self, deck, slide, item):
        slide.shapes.add_picture(picture(), *self.place()[:2])

    def group_picture(self, deck, slide, item):
        slide.shapes.add_group_shape().shapes.add_picture(picture(), *self.place()[:2])

    def picture_text(self, deck, slide, item):
        slide.shapes.add_picture(picture(), *self.place()[:2])
        slide.shapes.add_textbox(*self.place()).text_frame.text = item

    def chart(self, slide, names, title=None):
        data = CategoryChartData()
        data.categories = names
        data.add_series("Boats", (3, 5, 8))
        chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *self.place(), data).chart
        if title:
            chart.has_title = True
            chart.chart_title.text_frame.text = title

    def chart_name(self, deck, slide, item):
        self.chart(slide, ["East", item, "West"])

    def chart_title(self, deck, slide, item):
        self.chart(slide, ["East", "North", "West"], item)

    def empty_slide(self, deck, slide, item):
        deck.slides.add_slide(deck.slide_layouts[6])
        self.box(deck, deck.slides.add_slide(deck.slide_layouts[6]), item)


class OpenText:
    media_type, extension = "application/vnd.oasis.opendocument.text", "odt"
    sorts = (
        "paragraph heading bullet nested-bullet cell nested-cell note annotation header footer box picture link span "
        "tab section numbered index merged".split()
    )

    def write(self, path, sort, item):
        document = opendocument.OpenDocumentText()
        body = document.text
        body.addElement(text.H(outlinelevel=1, text="Harbour rules"))
        for line in prose():
            body.addElement(text.P(text=line))
        getattr(self, sort.replace("-", "_"))(document, body, item)
        body.addElement(text.P(text="End of the rules."))
        document.save(str(path))

    def paragraph(self, document, body, item):
        body.addElement(text.P(text=item))

    def heading(self, document, body, item):
        body.addElement(text.H(outlinelevel=RANDOM.randrange(2, 4), text=item))

    def entries(self, *texts):
        entries = text.List()
        for one in texts:
            entry = text.ListItem()
            entry.addElement(text.P(text=one))
            entries.addElement(entry)
        return entries

    def bullet(self, document, body, item):
        body.addElement(self.entries("first", item))

    def nested_bullet(self, document, body, item):
        outer = self.entries("first")
        outer.lastChild.addElement(self.entries(item))
        body.addElement(outer)

    def numbered(self, document, body, item):
        numbers = text.ListStyle(name="N")
        numbers.addElement(text.ListLevelStyleNumber(level=1, numformat="1", numsuffix="."))
        document.automaticstyles.addElement(numbers)
        entries = self.entries("first", item)
        entries.setAttribute("stylename", numbers)
        body.addElement(entries)

    def grid(self, *contents):
        grid = table.Table(name=word())
        grid.addElement(table.TableColumn(numbercolumnsrepeated=2))
        for content in contents:
            row = table.TableRow()
            for one in content:
                cell = table.TableCell(valuetype="string")
                cell.addElement(one if not isinstance(one, str) else text.P(text=one))
                row.addElement(cell)
            grid.addElement(row)
        return grid

    def cell(self, document, body, item):
        body.addElement(self.grid(("Berth", "Boat"), ("12", item)))

    def nested_cell(self, document, body, item):
        inner = self.grid(("a", "b"), ("c", item))
        body.addElement(self.grid(("Berth", "Boat"), ("12", inner)))

    def merged(self, document, body, item):
        grid = self.grid(("Berth", "Boat"), ("12", "x"))
        row, cell = table.TableRow(), table.TableCell(numbercolumnsspanned=2)
        cell.addElement(text.P(text=item))
        row.addElement(cell)
        row.addElement(table.CoveredTableCell())
        grid.addElement(row)
        body.addElement(grid)

    def note(self, document, body, item):
        paragraph = text.P(text="Noted")
        note = text.Note(noteclass=RANDOM.choice(["footnote", "endnote"]), id="n1")
        note.addElement(text.NoteCitation(text="1"))
        content = text.NoteBody()
        content.addElement(text.P(text=item))
        note.addElement(content)
        paragraph.addElement(note)
        body.addElement(paragraph)

    def annotation(self, document, body, item):
        paragraph = text.P(text="Remarked")
        remark = office.Annotation()
        remark.addElement(dc.Creator(text="Clerk"))
        remark.addElement(text.P(text=item))
        paragraph.addElement(remark)
        body.addElement(paragraph)

    def running(self, document, kind, item):
        layout = style.PageLayout(name="L")
        document.automaticstyles.addElement(layout)
        master = style.MasterPage(name="Standard", pagelayoutname=layout)
        running = kind()
        running.addElement(text.P(text=item))
        master.addElement(running)
        document.masterstyles.addElement(master)

    def header(self, document, body, item):
        self.running(document, style.Header, item)

    def footer(self, document, body, item):
        self.running(document, style.Footer, item)

    def box(self, document, body, item):
        frame = draw.Frame(width="6cm", height="2cm", anchortype="paragraph")
        box = draw.TextBox()
        box.addElement(text.P(text=item))
        frame.addElement(box)
        paragraph = text.P()
        paragraph.addElement(frame)
        body.addElement(paragraph)

    def picture(self, document, body, item):
        frame = draw.Frame(width="6cm", height="4cm", anchortype="paragraph")
        href = document.addPicture("boat.png", "image/png", picture().getvalue())
        frame.addElement(draw.Image(href=href))
        paragraph = text.P()
        paragraph.addElement(frame)
        body.addElement(paragraph)

    def link(self, document, body, item):
        paragraph = text.P(text="See ")
        paragraph.addElement(text.A(href="https://example.org/x", text=item))
        body.addElement(paragraph)

    def span(self, document, body, item):
        first, rest = item.split(" ", 1)
        paragraph = text.P()
        paragraph.addElement(text.Span(text=first[:3]))
        paragraph.addElement(text.Span(text=first[3:] + " "))
        paragraph.addText(rest)
        body.addElement(paragraph)

    def tab(self, document, body, item):
        paragraph = text.P(text="Dues:")
        paragraph.addElement(text.Tab())
        paragraph.addText(item)
        body.addElement(paragraph)

    def section(self, document, body, item):
        section = text.Section(name="s")
        section.addElement(text.P(text=item))
        body.addElement(section)

    def index(self, document, body, item):
        index = text.TableOfContent(name="c")
        content = text.IndexBody()
        content.addElement(text.P(text=item))
        index.addElement(content)
        body.addElement(index)


class OpenSheet(OpenText):
    media_type, extension = "application/vnd.oasis.opendocument.spreadsheet", "ods"
    sorts = "cell second-sheet annotation number lines merged picture-in-sheet".split()

    def write(self, path, sort, item):
        document = opendocument.OpenDocumentSpreadsheet()
        sheet = self.grid(("Berth", "Boat"), ("12", word()), ("13", word()))
        document.spreadsheet.addElement(sheet)
        getattr(self, sort.replace("-", "_"))(document, sheet, item)
        document.save(str(path))

    def row(self, sheet, *paragraphs, **attributes):
        row, cell = table.TableRow(), table.TableCell(valuetype="string", **attributes)
        for paragraph in paragraphs:
            cell.addElement(text.P(text=paragraph))
        row.addElement(cell)
        sheet.addElement(row)
        return cell

    def cell(self, document, sheet, item):
        self.row(sheet, item)

    def lines(self, document, sheet, item):
        self.row(sheet, "first line", item)

    def merged(self, document, sheet, item):
        self.row(sheet, item, numbercolumnsspanned=2)

    def number(self, document, sheet, item):
        row, cell = table.TableRow(), table.TableCell(valuetype="float", value="12.5")
        cell.addElement(text.P(text=item))
        row.addElement(cell)
        sheet.addElement(row)

    def second_sheet(self, document, sheet, item):
        document.spreadsheet.addElement(self.grid(("More", "Boats"), ("1", item)))

    def annotation(self, document, sheet, item):
        remark = office.Annotation()
        remark.addElement(text.P(text=item))
        self.row(sheet, "remarked").addElement(remark)

    def picture_in_sheet(self, document, sheet, item):
        frame = draw.Frame(width="6cm", height="4cm")
        href = document.addPicture("boat.png", "image/png", picture().getvalue())
        frame.addElement(draw.Image(href=href))
        self.row(sheet, "drawn").addElement(frame)


class OpenSlides(OpenText):
    media_type, extension = "application/vnd.oasis.opendocument.presentation", "odp"
    sorts = "box second-slide notes picture list-in-box table-in-slide".split()

    def write(self, path, sort, item):
        document = opendocument.OpenDocumentPresentation()
        layout = style.PageLayout(name="L")
        document.automaticstyles.addElement(layout)
        master = style.MasterPage(name="M", pagelayoutname=layout)
        document.masterstyles.addElement(master)
        slide = self.slide(document, master, text.P(text="Harbour"))
        getattr(self, sort.replace("-", "_"))(document, master, slide, item)
        document.save(str(path))

    def slide(self, document, master, *contents):
        slide = draw.Page(masterpagename=master)
        document.presentation.addElement(slide)
        for content in contents:
            self.boxed(slide, content)
        return slide

    def boxed(self, slide, content):
        frame, box = draw.Frame(width="8cm", height="3cm"), draw.TextBox()
        box.addElement(content)
        frame.addElement(box)
        slide.addElement(frame)

    def box(self, document, master, slide, item):
        self.boxed(slide, text.P(text=item))

    def list_in_box(self, document, master, slide, item):
        self.boxed(slide, self.entries("first", item))

    def second_slide(self, document, master, slide, item):
        self.slide(document, master, text.P(text=item))

    def notes(self, document, master, slide, item):
        notes = presentation.Notes()
        self.boxed(notes, text.P(text=item))
        slide.addElement(notes)

    def table_in_slide(self, document, master, slide, item):
        frame = draw.Frame(width="8cm", height="3cm")
        frame.addElement(self.grid(("Berth", "Boat"), ("12", item)))
        slide.addElement(frame)

    def picture(self, document, master, slide, item):
        frame = draw.Frame(width="6cm", height="4cm")
        href = document.addPicture("boat.png", "image/png", picture().getvalue())
        frame.addElement(draw.Image(href=href))
        slide.addElement(frame)


def main():
    for maker in (Pdf(), Word(), Workbook(), Slides(), OpenText(), OpenSheet(), OpenSlides()):
        for sort in maker.sorts:
            RANDOM.seed(zlib.crc32(f"{SEED} {maker.extension} {sort}".encode()))
            item = phrase()
            path = FOLDER / f"{maker.extension}-{sort}.{maker.extension}"
            found = maker.write(path, sort, item) or item
            is_picture = "picture" in sort and sort not in ("over-picture", "picture-text")
            expected = None if is_picture else item.split()[0] if sort == "formula" and maker.extension == "docx" else found
            line = {"file": path.name, "media_type": maker.media_type, "sort": sort, "item": expected}
            print(json.dumps(line))


main()
