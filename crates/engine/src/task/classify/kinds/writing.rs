//! Papers that are written to be read: letters, articles, books, reports, slides.

use super::Kind;
use crate::task::classify::looks::Look;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        names: "scientific article, scientific paper, research paper, academic paper, journal \
            article, research article, publication, preprint, conference paper",
        aliases: "scientific, academic, research, paper, scholarly, study",
        strong: "abstract, references, introduction, et al, keywords, related work, theorem, lemma, \
            proof, arxiv, doi, acknowledgments, bibliography, propose, paper, state art, open \
            problem",
        weak: "results, method, experiment, conclusion, equation, figure, model, data, analysis, \
            section, where, function, parameter, distribution, university, hypothesis",
        looks: &[
            (Look::Formulas, 1.2),
            (Look::Citations, 1.2),
            (Look::Prose, 0.5),
            (Look::Columns, 0.3),
            (Look::Amounts, -0.6),
            (Look::FormFields, -0.4),
        ],
    },
    Kind {
        names: "book page, book, novel, buch, livre, libro, literature, fiction, chapter",
        aliases: "prose, story, printed book",
        strong: "chapter, preface, epilogue",
        weak: "thou, said, cried, looked, eyes, heart, hand, man, old, little, never, came, went, \
            night, lady, king, god",
        looks: &[
            (Look::Prose, 0.8),
            (Look::SmallPage, 1.2),
            (Look::Narrow, -0.8),
            (Look::Amounts, -0.6),
            (Look::Tables, -0.6),
            (Look::FormFields, -0.6),
        ],
    },
    Kind {
        names: "letter, correspondence, brief, lettre, carta, cover letter, business letter",
        aliases: "written correspondence",
        strong: "dear, sincerely, yours faithfully, yours sincerely, kind regards, best regards, to \
            whom it may concern, sehr geehrte, freundlichen grussen, veuillez agreer, \
            atentamente, dear sir, yours truly",
        weak: "thank you, please, enclosed, regards, forward, contact, writing",
        looks: &[(Look::Tables, -0.3), (Look::Amounts, -0.2)],
    },
    Kind {
        names: "email, e mail, mail message",
        aliases: "message, mail",
        strong: "original message, cc, forwarded message, subject, unsubscribe",
        weak: "subject, sent, from, regards, thanks, attached, reply",
        ..Kind::EMPTY
    },
    Kind {
        names: "memo, memorandum, internal memo, notice, announcement, circular",
        aliases: "note",
        strong: "memorandum, date subject, internal use",
        weak: "subject, re, staff, department, effective",
        ..Kind::EMPTY
    },
    Kind {
        names: "fax, fax cover sheet, telefax",
        aliases: "facsimile",
        strong: "fax number, number of pages, pages including cover, facsimile",
        weak: "fax, urgent, from, phone",
        looks: &[(Look::FewWords, 0.4)],
    },
    Kind {
        names: "press release, news release, pressemitteilung, communique de presse",
        aliases: "news",
        strong: "for immediate release, press release, media contact, news release, investor \
            relations",
        weak: "announced, today, said, chief executive, contact",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "newspaper, magazine, news article, zeitung, article",
        aliases: "editorial",
        strong: "staff writer, reporter, editor, by staff, published",
        weak: "said, according, week, government, people, yesterday",
        looks: &[(Look::Prose, 0.5), (Look::Columns, 0.5)],
    },
    Kind {
        names: "presentation, slides, slide deck, prasentation, pitch deck",
        aliases: "powerpoint",
        strong: "agenda, thank you, questions, key takeaways, overview",
        weak: "strategy, growth, next steps, team, vision, roadmap",
        looks: &[
            (Look::Landscape, 1.0),
            (Look::FewWords, 0.5),
            (Look::Lists, 0.3),
            (Look::Prose, -0.5),
        ],
    },
    Kind {
        names: "report, bericht, rapport, informe, white paper, case study",
        aliases: "study report",
        strong: "executive summary, findings, recommendations, table of contents, this report, \
            methodology",
        weak: "introduction, conclusion, figure, table, analysis, summary, overview",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "dissemination report, informational materials, propaganda",
        aliases: "political propaganda",
        strong: "dissemination, disseminated, informational materials, political propaganda, copies \
            transmitted, recipients, dissemination report",
        weak: "transmitted, distributed, film, copies, radio, motion picture, publication, foreign \
            principal",
        looks: &[(Look::FormFields, 0.2)],
    },
    Kind {
        names: "manual, user guide, instructions, handbook, bedienungsanleitung, mode d emploi, \
            instruction manual",
        aliases: "guide, documentation",
        strong: "user manual, troubleshooting, installation, warning, caution, step 1, safety \
            instructions, press the button",
        weak: "figure, install, switch, settings, device, operate, connect",
        looks: &[(Look::Lists, 0.4)],
    },
    Kind {
        names: "datasheet, data sheet, specification, datenblatt, technical specification, safety \
            data sheet, sds",
        aliases: "spec",
        strong: "technical data, specifications, absolute maximum ratings, features, operating \
            temperature, hazard, part number, dimensions",
        weak: "typical, max, min, voltage, weight, temperature, mm",
        looks: &[(Look::Tables, 0.5), (Look::Prose, -0.2)],
    },
    Kind {
        names: "brochure, flyer, advertisement, leaflet, catalog, catalogue, poster",
        aliases: "marketing",
        strong: "call now, visit our website, special offer, limited time, free, order today",
        weak: "new, best, quality, discover, price, save, contact us",
        looks: &[(Look::Pictures, 0.6), (Look::Prose, -0.3)],
    },
    Kind {
        names: "menu, speisekarte, carte, price list, preisliste",
        strong: "appetizers, desserts, entrees, beverages, salads, main courses, served with",
        weak: "chicken, soup, sauce, wine, cheese, grilled, coffee",
        looks: &[(Look::Amounts, 0.4), (Look::Prose, -0.4)],
        ..Kind::EMPTY
    },
    Kind {
        names: "thesis, dissertation, masterarbeit, these",
        strong: "submitted in partial fulfillment, doctor of philosophy, master s thesis, thesis \
            advisor, dissertation",
        weak: "university, faculty, degree, supervisor, chapter, abstract",
        looks: &[(Look::Prose, 0.3)],
        ..Kind::EMPTY
    },
    Kind {
        names: "schedule, timetable, calendar, agenda, itinerary, boarding pass, ticket",
        aliases: "travel",
        strong: "departure, arrival, flight, gate, boarding, itinerary, passenger",
        weak: "monday, tuesday, wednesday, thursday, friday, time, session",
        looks: &[(Look::Tables, 0.4), (Look::Prose, -0.4)],
    },
    Kind {
        names: "source code, code listing, program",
        aliases: "code",
        strong: "include, function return, import, public static void, def self",
        weak: "int, string, return, void, null, class, const",
        looks: &[(Look::Prose, -0.4)],
    },
    Kind {
        names: "drawing, blueprint, floor plan, map, diagram",
        aliases: "plan",
        strong: "scale, drawn by, sheet no, drawing no, legend",
        weak: "north, elevation, revision, floor, section",
        looks: &[
            (Look::Landscape, 0.5),
            (Look::FewWords, 0.4),
            (Look::Prose, -0.5),
            (Look::Pictures, 0.3),
        ],
    },
];
