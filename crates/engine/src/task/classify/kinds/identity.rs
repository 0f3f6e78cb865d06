//! Papers of persons and authorities: cards, certificates, registrations, health.

use super::Kind;
use crate::task::classify::looks::Look;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        names: "passport, reisepass, passeport, pasaporte",
        aliases: "travel document",
        strong: "passport no, place of birth, nationality, date of expiry, machine readable, surname \
            given names",
        weak: "authority, date of issue, sex, holder",
        looks: &[(Look::SmallPage, 0.4), (Look::FewWords, 0.4), (Look::Prose, -0.5)],
    },
    Kind {
        names: "drivers license, driver license, driving licence, fuhrerschein, permis de conduire \
            drivers license, driver license, driving licence, fuhrerschein, permis de conduire",
        aliases: "drivers licence",
        strong: "driver license, license class, endorsements, restrictions, motor vehicle, dl no, \
            organ donor",
        weak: "class, expires, issued, height, eyes, sex, dob, hair",
        looks: &[(Look::SmallPage, 0.4), (Look::FewWords, 0.4), (Look::Prose, -0.5)],
    },
    Kind {
        names: "identity card, identification card, id card, personalausweis, state id",
        aliases: "identification, photo id",
        strong: "identification card, identity card, card number, date of birth, aamva, not a driver \
            license",
        weak: "expires, issued, height, eyes, sex, dob, card",
        looks: &[(Look::SmallPage, 0.4), (Look::FewWords, 0.3), (Look::Prose, -0.5)],
    },
    Kind {
        names: "permanent resident card, residence permit, pr card, confirmation of permanent \
            residence",
        aliases: "permanent residence, copr, green card, visa",
        strong: "permanent resident, permanent residence, immigration, residence permit, landing, \
            client id, uci",
        weak: "citizenship, country of birth, immigrant, status, card",
        looks: &[(Look::FormFields, 0.2)],
    },
    Kind {
        names: "citizenship certificate, certificate of citizenship, naturalization certificate",
        aliases: "citizenship",
        strong: "citizenship, proof of citizenship, naturalization, citizen",
        weak: "certificate, born, registrar",
        looks: &[(Look::FewWords, 0.4)],
    },
    Kind {
        names: "birth certificate, geburtsurkunde, acte de naissance, acta de nacimiento",
        aliases: "certificate of live birth",
        strong: "certificate of live birth, place of birth, mother s maiden name, father, vital \
            records, vital statistics, registrar",
        weak: "born, child, birth, mother, sex, hospital",
        looks: &[(Look::FormFields, 0.3), (Look::Prose, -0.2)],
    },
    Kind {
        names: "marriage certificate, death certificate, heiratsurkunde, sterbeurkunde, divorce \
            decree",
        strong: "cause of death, deceased, bride, groom, spouses, marriage, vital records, registrar \
            cause of death, deceased, bride, groom, spouses, marriage, vital records, registrar",
        weak: "certificate, witness, county, date of death",
        looks: &[(Look::FewWords, 0.2)],
        ..Kind::EMPTY
    },
    Kind {
        names: "social security card, social insurance number confirmation, social insurance number, \
            sin confirmation",
        aliases: "sin, ssn",
        strong: "social insurance number, social security number, sin",
        weak: "service canada, number, card, confirmation",
        ..Kind::EMPTY
    },
    Kind {
        names: "diploma, degree certificate, academic transcript, transcript, zeugnis, report card \
            diploma, degree certificate, academic transcript, transcript, zeugnis, report card",
        aliases: "certificate of completion, school record",
        strong: "cumulative gpa, credit hours, bachelor of, master of, has completed, hereby confers, \
            semester, course title, grade",
        weak: "university, college, school, student, degree, credits, honors",
        looks: &[(Look::FewWords, 0.2)],
    },
    Kind {
        names: "certificate, certification, zertifikat, certificat, certificado",
        aliases: "award",
        strong: "hereby certify, this is to certify, certify that, certificate number",
        weak: "issued, awarded, seal, valid, witness whereof, signature",
        looks: &[(Look::FewWords, 0.4), (Look::Landscape, 0.3)],
    },
    Kind {
        names: "certificate of good standing, good standing, certificate of status",
        aliases: "existence certificate",
        strong: "good standing, duly incorporated, secretary of state, legal existence, franchise \
            taxes",
        weak: "corporation, hereby certify, delaware, records of this office",
        looks: &[(Look::FewWords, 0.4)],
    },
    Kind {
        names: "registration statement, registration form, registration",
        aliases: "enrolment, filing",
        strong: "registration statement, registrant, registration no, registration number",
        weak: "register, filed, pursuant, act of",
        looks: &[(Look::FormFields, 0.3)],
    },
    Kind {
        names: "application form, application, antrag, questionnaire, survey, intake form, \
            formulaire, formulario, fragebogen",
        aliases: "form",
        strong: "applicant, please print, check one, check box, for office use only, complete this \
            form, instructions, omb no",
        weak: "name, address, date of birth, signature, yes no, phone, section",
        looks: &[(Look::FormFields, 1.0)],
    },
    Kind {
        names: "medical record, medical report, lab report, discharge summary, pathology report, \
            arztbrief, clinical note, patient record",
        aliases: "medical, health record",
        strong: "patient name, diagnosis, medical history, physical examination, chief complaint, \
            specimen, reference range, impression, admission date",
        weak: "patient, doctor, treatment, symptoms, hospital, blood, clinical, physician, \
            medication",
        ..Kind::EMPTY
    },
    Kind {
        names: "prescription, rezept, ordonnance, medication list",
        strong: "rx, refills, dosage, take one tablet, dispense, prescriber",
        weak: "mg, tablet, pharmacy, patient, daily, medication",
        looks: &[(Look::FewWords, 0.2)],
        ..Kind::EMPTY
    },
];
