//! Papers of buying, selling, employing and moving goods.

use super::Kind;
use crate::task::classify::looks::Look;

pub(super) const KINDS: &[Kind] = &[
    Kind {
        names: "invoice, tax invoice, rechnung, facture, factura, fattura, faktura",
        aliases: "bill, billing",
        strong: "invoice number, invoice date, invoice no, bill to, amount due, balance due, payment \
            terms, remit to, rechnungsnummer, due date",
        weak: "subtotal, unit price, quantity, qty, vat, total, payable, net 30, purchase order, \
            description, tax, mwst, iva, tva, iban",
        looks: &[(Look::Amounts, 0.8), (Look::Tables, 0.3), (Look::Prose, -0.6)],
    },
    Kind {
        names: "receipt, sales receipt, till receipt, cash receipt, quittung, kassenbon, recibo, \
            ticket de caisse",
        aliases: "till slip, expense",
        strong: "cashier, change due, cash tendered, amount paid, thank you for shopping, items sold, \
            total sales, gst summary, card ending, approval code, rounding, thank you please \
            come again, goods sold are not returnable",
        weak: "cash, change, subtotal, total, tax, visa, mastercard, qty, gst, store, tel, \
            terminal, table, server, tip, discount, item",
        looks: &[
            (Look::Narrow, 2.0),
            (Look::Amounts, 0.8),
            (Look::Prose, -0.8),
            (Look::FewWords, 0.2),
        ],
    },
    Kind {
        names: "purchase order, sales order, work order, bestellung, orden de compra, bon de \
            commande, insertion order",
        aliases: "order, po",
        strong: "order number, order date, ship to, po number, deliver to, authorized by, order no, \
            buyer, requested by",
        weak: "vendor, supplier, quantity, unit price, delivery date, terms, total",
        looks: &[(Look::Amounts, 0.4), (Look::Tables, 0.4), (Look::Prose, -0.6)],
    },
    Kind {
        names: "quotation, quote, estimate, angebot, devis, presupuesto",
        aliases: "offer",
        strong: "valid until, quote number, quotation number, we are pleased to offer, estimated \
            cost, validity",
        weak: "quantity, unit price, total, terms, customer",
        looks: &[(Look::Amounts, 0.4), (Look::Tables, 0.3), (Look::Prose, -0.3)],
    },
    Kind {
        names: "delivery note, packing list, packing slip, lieferschein, waybill, bill of lading, \
            shipping document, consignment note, dispatch note",
        aliases: "shipment, shipping",
        strong: "consignee, shipper, carrier, port of loading, port of discharge, gross weight, \
            freight, delivered by, received in good condition, tracking number",
        weak: "package, weight, quantity, vessel, container, ship, delivery",
        looks: &[(Look::Tables, 0.4), (Look::Prose, -0.3)],
    },
    Kind {
        names: "pay stub, paystub, payslip, pay slip, paycheck, earnings statement, wage statement, \
            gehaltsabrechnung, lohnabrechnung, bulletin de paie, nomina",
        aliases: "salary slip, payroll",
        strong: "net pay, gross pay, pay period, year to date, ytd, pay date, withholding, \
            deductions, hours worked, overtime",
        weak: "earnings, employee, employer, salary, federal tax, medicare, social security, rate, \
            vacation",
        looks: &[(Look::Amounts, 0.5), (Look::Tables, 0.2), (Look::Prose, -0.3)],
    },
    Kind {
        names: "utility bill, electricity bill, water bill, gas bill, phone bill, telephone bill, \
            energy bill",
        aliases: "utility",
        strong: "kwh, meter reading, meter number, billing period, service address, electric charges, \
            amount due, usage, previous balance, account number",
        weak: "electricity, gas, water, customer service, due date, charges, tariff",
        looks: &[(Look::Amounts, 0.5), (Look::Prose, -0.3)],
    },
    Kind {
        names: "resume, curriculum vitae, lebenslauf, cv",
        aliases: "job application, candidate profile, hoja de vida",
        strong: "work experience, professional experience, employment history, education, skills, \
            references available upon request, linkedin, objective, languages",
        weak: "university, bachelor, master, degree, gpa, manager, developed, present, \
            certifications, volunteer, internship, engineer",
        looks: &[(Look::Lists, 0.4), (Look::Amounts, -0.4)],
    },
    Kind {
        names: "tv ad order, political advertising, broadcast order, media order, advertising order, \
            ad buy, airtime order, advertising contract",
        aliases: "advertising, advertising time, television station, radio station, commercial time, \
            broadcast",
        strong: "advertiser, flight dates, spots week, total spots, station, estimate, agency \
            commission, air date, air time, spot length, time period, rating, gross amount, alt \
            order, account executive, start date end date, dayparts",
        weak: "agency, tv, candidate, issue, buyer, market, demo, rate, spots, product, \
            salesperson, news, daytime, prime, cpp, grp",
        looks: &[(Look::Amounts, 0.4), (Look::Prose, -0.6)],
    },
    Kind {
        names: "timesheet, time sheet, expense report, expense claim, travel expense",
        aliases: "reimbursement",
        strong: "total hours, hours worked, approved by, employee name, mileage, reimbursement, week \
            ending",
        weak: "date, project, supervisor, meals, lodging, amount",
        looks: &[(Look::Tables, 0.5), (Look::Prose, -0.4)],
    },
];
