//! Papers of law and of companies.

use super::Kind;
use crate::task::classify::looks::Look;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        names: "non disclosure agreement, confidentiality agreement, nondisclosure agreement, nda, \
            geheimhaltungsvereinbarung, accord de confidentialite, secrecy agreement",
        aliases: "confidentiality",
        strong: "confidential information, non disclosure, receiving party, disclosing party, \
            confidentiality agreement, evaluation material, proprietary information, trade \
            secrets, shall not disclose, confidentiality",
        weak: "disclose, disclosure, confidential, agreement, hereto, representatives, recipient, \
            injunctive relief, non competition, permitted",
        looks: &[(Look::Prose, 0.4), (Look::Amounts, -0.4)],
    },
    Kind {
        names: "contract, agreement, vertrag, contrat, contrato, contratto, terms and conditions, \
            services agreement, master services agreement",
        aliases: "legal agreement",
        strong: "in witness whereof, hereinafter referred, in consideration of mutual, governing law, \
            the parties agree, now therefore parties, entire agreement, this agreement, \
            effective date, severability",
        weak: "party, hereto, herein, hereby, obligations, termination, shall, indemnify, breach, \
            clause, consideration, signed",
        looks: &[(Look::Prose, 0.4), (Look::Amounts, -0.3), (Look::Signature, 0.3)],
    },
    Kind {
        names: "lease agreement, rental agreement, lease, mietvertrag, tenancy agreement, bail, \
            contrato de arrendamiento",
        aliases: "rental, tenancy",
        strong: "landlord, tenant, lessee, lessor, security deposit, monthly rent, premises, dwelling \
            unit, eviction",
        weak: "rent, lease, unit, property, occupancy, utilities, term",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "employment agreement, employment contract, offer letter, arbeitsvertrag, contrat de \
            travail",
        aliases: "employment",
        strong: "base salary, employment agreement, at will, start date, severance, employee shall, \
            position of",
        weak: "employee, employer, salary, vacation, benefits, duties, termination",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "operating agreement, limited liability company agreement, partnership agreement, \
            shareholders agreement",
        aliases: "llc agreement",
        strong: "operating agreement, limited liability company, membership interest, capital \
            contributions, capital account, managing member, units, distributions",
        weak: "members, manager, allocation, partnership, dissolution, llc",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "trust agreement, deed of trust, declaration of trust, trust deed",
        aliases: "trust",
        strong: "trustee, grantor, settlor, trust estate, beneficiaries, trust property",
        weak: "trust, beneficiary, indenture, corpus",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "bylaws, by laws, satzung, statuts, estatutos, articles of association",
        aliases: "corporate rules",
        strong: "bylaws, annual meeting of stockholders, quorum, special meetings, notice of \
            meetings, board of directors, proxies",
        weak: "stockholders, shareholders, directors, officers, article, vacancies",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "articles of incorporation, certificate of incorporation, articles of organization, \
            memorandum of association, acta constitutiva",
        aliases: "incorporation, articles incorporation",
        strong: "articles of incorporation, certificate of incorporation, was incorporated, \
            incorporator, registered agent, registered office, authorized shares, share \
            structure, business corporations act",
        weak: "corporation, directors, shares, par value, perpetual, purpose",
        ..Kind::EMPTY
    },
    Kind {
        names: "secretary certificate, officers certificate, incumbency certificate, corporate \
            resolution, board resolution",
        aliases: "resolution",
        strong: "incumbency, duly elected, specimen signature, resolutions, true correct copy, \
            resolved, secretary of the company, hereby certify",
        weak: "officers, certificate, bylaws, board of directors, secretary",
        looks: &[(Look::Signature, 0.2)],
    },
    Kind {
        names: "minutes, meeting minutes, protokoll, acta de asamblea, acta asamblea, proces verbal, \
            shareholder meeting",
        aliases: "meeting",
        strong: "meeting was called to order, minutes of the meeting, adjourned, attendees, motion \
            carried, seconded, action items, orden del dia, asamblea general, accionistas",
        weak: "agenda, present, absent, chair, discussion, approved, resolved, asamblea",
        ..Kind::EMPTY
    },
    Kind {
        names: "power of attorney, vollmacht, procuration, poder notarial",
        strong: "attorney in fact, power of attorney, appoint, grant full power",
        weak: "principal, agent, notary, revoke, authorize",
        looks: &[(Look::Prose, 0.2)],
        ..Kind::EMPTY
    },
    Kind {
        names: "last will, will and testament, testament",
        aliases: "will",
        strong: "last will and testament, bequeath, executor, my estate, sound mind",
        weak: "devise, heirs, beneficiary, guardian, witnesses",
        looks: &[(Look::Prose, 0.3)],
    },
    Kind {
        names: "deed, title deed, warranty deed, land title, property deed",
        aliases: "conveyance",
        strong: "grantee, grantor, legal description, warranty deed, parcel, recorder of deeds",
        weak: "property, county, convey, heirs, lot, notary",
        ..Kind::EMPTY
    },
    Kind {
        names: "court order, judgment, court ruling, urteil, complaint, legal brief, court filing, \
            affidavit, subpoena, motion",
        aliases: "court, litigation",
        strong: "plaintiff, defendant, district court, case no, honorable, court finds, petitioner, \
            respondent, sworn",
        weak: "court, judge, motion, counsel, jurisdiction, hearing, attorney",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "patent, patent application, patentschrift",
        strong: "what is claimed, prior art, embodiment, patent application, inventor, said device, \
            claims",
        weak: "invention, apparatus, figure, wherein, abstract, method",
        looks: &[(Look::Prose, 0.3)],
        ..Kind::EMPTY
    },
    Kind {
        names: "amendment, addendum, supplement, amended",
        strong: "this amendment, is hereby amended, amendment no, file this amendment",
        weak: "amend, modified, original, change, deficiency",
        ..Kind::EMPTY
    },
    Kind {
        names: "law, statute, regulation, gesetz, verordnung, ordinance, legislation",
        aliases: "act",
        strong: "be it enacted, official gazette, shall come into force, legislature, subsection, \
            repealed",
        weak: "section, paragraph, minister, provisions, penalty, regulation",
        looks: &[(Look::Prose, 0.3)],
    },
];
