//! Papers of banks, insurers, markets and tax offices.

use super::Kind;
use crate::task::classify::looks::Look;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        names: "bank statement, account statement, kontoauszug, releve de compte, estado de cuenta, \
            credit card statement, brokerage statement",
        aliases: "statement of account",
        strong: "opening balance, closing balance, account number, statement period, beginning \
            balance, ending balance, deposits, withdrawals, sort code, iban",
        weak: "balance, debit, credit, transaction, date, branch, interest, card",
        looks: &[(Look::Amounts, 0.7), (Look::Tables, 0.4), (Look::Prose, -0.4)],
    },
    Kind {
        names: "mortgage statement, loan statement",
        aliases: "mortgage, loan",
        strong: "principal balance, escrow, outstanding principal, loan number, mortgage, interest \
            rate, payment due, past due, maturity date",
        weak: "principal, interest, payment, borrower, lender, property",
        looks: &[(Look::Amounts, 0.4)],
    },
    Kind {
        names: "financial statements, balance sheet, income statement, statement of cash flows, \
            jahresabschluss, bilanz, audited financial statements",
        aliases: "profit and loss, annual accounts",
        strong: "total assets, total liabilities, shareholders equity, stockholders equity, cash \
            flows from operating activities, notes to the financial statements, retained \
            earnings, net income, comprehensive income, accumulated deficit",
        weak: "assets, liabilities, equity, revenue, expenses, ended december 31, depreciation, \
            consolidated, audited, fiscal year",
        looks: &[(Look::Amounts, 0.5), (Look::Tables, 0.3)],
    },
    Kind {
        names: "auditor report, audit report, independent auditors report, report of independent \
            registered public accounting firm",
        aliases: "audit, auditor",
        strong: "in our opinion, basis for opinion, auditing standards, present fairly, material \
            misstatement, independent auditor, key audit matters, going concern",
        weak: "audit, financial statements, internal control, opinion, accountants",
        looks: &[(Look::Prose, 0.3)],
    },
    Kind {
        names: "annual report, reporte anual, geschaftsbericht, rapport annuel",
        aliases: "10 k, form 10 k, 20 f, form 20 f, yearly report",
        strong: "annual report, fiscal year ended, risk factors, letter to shareholders, pursuant to \
            section 13 or 15 d, reporte anual",
        weak: "shareholders, business, operations, year ended, segment, governance",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "quarterly report, interim report",
        aliases: "10 q, form 10 q",
        strong: "quarterly report, quarterly period ended, three months ended, nine months ended, six \
            months ended",
        weak: "quarter, unaudited, interim, condensed",
        ..Kind::EMPTY
    },
    Kind {
        names: "current report, report of foreign private issuer",
        aliases: "8 k, form 8 k, 6 k, form 6 k",
        strong: "current report, date of earliest event reported, foreign private issuer",
        weak: "registrant, exact name of registrant, commission file number",
        ..Kind::EMPTY
    },
    Kind {
        names: "management discussion analysis, management s discussion and analysis, mda",
        aliases: "md a",
        strong: "management discussion and analysis, md a, results of operations, liquidity and \
            capital resources, overall performance",
        weak: "quarter, forward looking statements, critical accounting, financial position",
        looks: &[(Look::Prose, 0.3)],
    },
    Kind {
        names: "prospectus, prospecto, prospecto de colocacion, offering memorandum, offering \
            circular, private placement memorandum",
        aliases: "securities offering",
        strong: "prospectus, underwriters, use of proceeds, offering price, securities offered, plan \
            of distribution, oferta publica, colocacion",
        weak: "securities, shares, offering, investors, risk factors, notes",
        looks: &[(Look::Prose, 0.3)],
    },
    Kind {
        names: "insider report, insider trading report, beneficial ownership report",
        aliases: "form 3, form 4, form 5, sedi, sc 13 d, sc 13 g, schedule 13 d, schedule 13 g",
        strong: "reporting person, beneficial ownership, insider, acquiror, title of class of \
            securities, cusip",
        weak: "issuer, shares, common stock, ownership, transaction",
        ..Kind::EMPTY
    },
    Kind {
        names: "information circular, proxy statement, proxy circular, notice of annual meeting",
        aliases: "proxy",
        strong: "proxy, management information circular, annual general meeting, election of \
            directors, appointment of auditors, record date, solicitation",
        weak: "shareholders, meeting, vote, directors, compensation",
        looks: &[(Look::Prose, 0.2)],
    },
    Kind {
        names: "tax return, income tax return, steuererklarung, declaration de revenus",
        aliases: "1040, form 1040, tax form",
        strong: "income tax return, taxable income, adjusted gross income, filing status, standard \
            deduction, dependents, refund",
        weak: "tax, income, irs, spouse, deduction, wages, treasury, credit",
        looks: &[(Look::FormFields, 0.5)],
    },
    Kind {
        names: "notice of assessment, steuerbescheid, avis d imposition",
        aliases: "noa, tax assessment",
        strong: "income tax benefit return, tax year, tax authority, revenue agency, \
            account summary, assessed your return",
        weak: "tax, assessment, balance, payable, income, refund, owing",
        looks: &[(Look::Amounts, 0.3)],
    },
    Kind {
        names: "property tax assessment, property assessment, grundsteuerbescheid, \
            property tax bill",
        aliases: "property tax",
        strong: "assessed value, roll number, mill rate, market value, municipality, \
            legal description, parcel, assessed property",
        weak: "property, assessment, tax, land, building, classification, levy",
        looks: &[(Look::Amounts, 0.3)],
    },
    Kind {
        names: "wage and tax statement, statement of remuneration paid",
        aliases: "w 2, form w 2, t 4, t4 slip, p 60",
        strong: "wage and tax statement, statement of remuneration paid, employment income, wages \
            tips other compensation, income tax deducted, ei premiums, cpp contributions",
        weak: "employer, employee, wages, withheld, social insurance number",
        looks: &[(Look::FormFields, 0.3), (Look::Prose, -0.2)],
    },
    Kind {
        names: "certificate of foreign status, taxpayer identification request, w 8 ben, w 9, w8ben, \
            w8bene",
        aliases: "tax residency self certification, self certification, fatca crs",
        strong: "request for taxpayer identification number, beneficial owner, tax residence, backup \
            withholding, tin, fatca, controlling person, crs, certificate of foreign status, \
            chapter 4 status, self certification",
        weak: "taxpayer, treaty, withholding, entity, exempt, certify, irs",
        looks: &[(Look::FormFields, 0.4)],
    },
    Kind {
        names: "beneficial ownership information report, ubo declaration, ultimate beneficial owner, \
            beneficial owner declaration",
        aliases: "boir, boi report, ubo, fincen boir",
        strong: "beneficial ownership information, ultimate beneficial owner, reporting company, \
            company applicant, beneficial owner, fincen",
        weak: "ownership, owner, percent, control, nationality, declare",
        looks: &[(Look::FormFields, 0.3)],
    },
    Kind {
        names: "certificate of insurance, insurance policy, insurance certificate, \
            versicherungspolice, liability insurance",
        aliases: "insurance, policy schedule",
        strong: "certificate of liability insurance, certificate holder, policy number, insured, \
            coverages, insurer, premium, each occurrence, policyholder",
        weak: "insurance, liability, limits, producer, additional insured, claims",
        looks: &[(Look::FormFields, 0.2)],
    },
    Kind {
        names: "insurance claim, claim form, explanation of benefits",
        aliases: "claim",
        strong: "claim number, date of loss, claimant, date of service, amount billed",
        weak: "insured, policy, provider, deductible, benefits",
        looks: &[(Look::FormFields, 0.4)],
    },
    Kind {
        names: "business credit report, credit report, duns record, business information report",
        aliases: "duns, d u n s, dun bradstreet",
        strong: "d u n s number, credit score, paydex, payment history, credit limit, d b rating, \
            delinquency",
        weak: "credit, score, risk, sic, headquarters, payments",
        ..Kind::EMPTY
    },
    Kind {
        names: "material change report, business acquisition report, early warning report",
        aliases: "regulatory filing",
        strong: "material change, news release, reporting issuer, early warning, acquisition",
        weak: "item 1, item 2, item 3, issuer, executive officer",
        ..Kind::EMPTY
    },
    Kind {
        names: "budget, forecast, haushaltsplan, presupuesto anual",
        strong: "budgeted, actual vs budget, total expenditures, fiscal year",
        weak: "expenses, revenue, allocation, total, variance",
        looks: &[(Look::Tables, 0.5), (Look::Amounts, 0.5)],
        ..Kind::EMPTY
    },
];
