//! Countries that categories name, by the words that documents of theirs carry.

use super::Kind;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        aliases: "canada, canadian",
        strong: "canada, canadian, ontario, british columbia, alberta, quebec, manitoba, nova scotia, \
            saskatchewan, toronto, vancouver, national instrument, gouvernement du canada, sedar",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "united states, usa, american",
        strong: "united states, u s, washington d c, delaware, internal revenue service, new york, \
            california, texas, securities and exchange commission",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "mexico, mexican",
        strong: "mexico, mexicana, s a b de c v, s a de c v, cnbv, ciudad de mexico, bolsa mexicana \
            de valores, sociedad anonima",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "united kingdom, uk, british",
        strong: "united kingdom, england, hmrc, companies house, london, scotland, wales",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "germany, german, deutschland",
        strong: "deutschland, gmbh, germany, bundesrepublik, finanzamt, berlin, munchen",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "france, french",
        strong: "france, francaise, paris, republique francaise, sarl, siret",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "spain, spanish",
        strong: "espana, spain, madrid, barcelona, agencia tributaria",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "india, indian",
        strong: "india, aadhaar, rupees, mumbai, delhi, gstin",
        ..Kind::EMPTY
    },
    Kind {
        aliases: "australia, australian",
        strong: "australia, abn, sydney, melbourne, nsw, queensland",
        ..Kind::EMPTY
    },
];
