//! The table of concepts: which spellings of several languages mean the same in labels.

/// A concept and its spellings, folded, separated by blanks.
pub(super) const CONCEPTS: &[(&str, &str)] = &[
    (
        "number",
        "no nr num number nbr numb nummer numero id identifier identification nos n nro n\u{ba}",
    ),
    ("reference", "ref reference referenz referentie kenmerk zeichen"),
    ("code", "code cd kode"),
    ("date", "date dt datum data fecha dated day dato"),
    ("name", "name nom naam nombre nome full"),
    (
        "amount",
        "amt amount betrag montant bedrag importe sum somme summe value dollar \
      usd eur importo valor belopp belob",
    ),
    ("total", "total totaal gesamt totale endbetrag ttl totalling totalt"),
    ("grand", "grand overall aggregate"),
    ("subtotal", "subtotal subtotaal zwischensumme sous-total"),
    ("gross", "gross brutto bruto brut ttc inclusive incl inclusief inkl"),
    (
        "net",
        "net netto neto ht untaxed ohne before without excl excluding exclusive exclusief exkl zzgl pretax imponibile imponible",
    ),
    (
        "tax",
        "tax vat btw mwst tva iva gst ust mehrwertsteuer taxes ustid hst sst imposta impuesto \
      imposto taxe moms umsatzsteuer",
    ),
    (
        "due",
        "due payable owing fallig verschuldigd outstanding zahlungsziel deadline scadenza \
      vencimiento vencimento echeance vervaldatum forfallodatum forfaldsdato falligkeit \
      falligkeitsdatum",
    ),
    ("balance", "balance saldo solde"),
    ("paid", "paid betaald payee bezahlt"),
    ("payment", "payment payments zahlung paiement betaling pagamento pago"),
    (
        "invoice",
        "inv invoice invoices factuur rechnung facture factura fattura bill fatura \
      faktura",
    ),
    ("order", "order ord bestellung commande pedido orders"),
    ("purchase", "purchase po"),
    ("contract", "contract ctr vertrag contrat contrato contracts"),
    ("agreement", "agreement agreements"),
    ("receipt", "receipt quittung bon recu"),
    ("document", "document doc dokument voucher"),
    ("customer", "customer cust client kunde klant kunden customers cliente kund"),
    ("account", "account acct konto acc kto"),
    ("registration", "registration reg registered"),
    ("advertiser", "advertiser advertisers sponsor"),
    ("agency", "agency agy"),
    ("campaign", "campaign flight flights schedule"),
    ("period", "period dates zeitraum leistungszeitraum periode duration"),
    ("start", "start from begin beginning starts commence commencement von first starting since"),
    ("end", "end to until ends ending thru through till bis last expiration expiry"),
    (
        "quantity",
        "qty quantity quantities menge aantal anzahl qte quantite cantidad units nombre pezzi \
      piezas quantita antal stuck",
    ),
    (
        "price",
        "price prijs preis prix precio prezzo preco rate cost einzelpreis fee charge charges",
    ),
    ("unit", "unit each stuk einheit"),
    (
        "description",
        "description desc beschreibung omschrijving designation artikel descripcion \
      particulars details bezeichnung descrizione descricao",
    ),
    (
        "item",
        "zeile zeilen item items product artikel produkt produit article goods line pos position sku",
    ),
    ("telephone", "tel telephone phone ph mobile telefon telefoon cell fon"),
    ("fax", "fax facsimile telefax"),
    ("email", "email e-mail mail"),
    ("website", "website url web www homepage site internet"),
    (
        "address",
        "address addr adresse adres anschrift direccion street indirizzo \
      endereco",
    ),
    ("city", "city town ort stad ville"),
    ("state", "state province"),
    ("postcode", "zip postcode postal plz"),
    ("country", "country land pays pais nation"),
    (
        "vendor",
        "vendor seller supplier lieferant fournisseur leverancier merchant shop store \
      issuer sold remit provider payee",
    ),
    ("buyer", "buyer purchaser billed bill-to"),
    ("shipping", "ship shipping delivery shipment livraison lieferung deliver shipped"),
    (
        "company",
        "company organisation organization firma bedrijf societe business corporation \
      firm employer",
    ),
    ("registrant", "registrant"),
    ("person", "person individual"),
    ("title", "title subject betreff"),
    ("discount", "discount rabatt korting remise rebate"),
    ("currency", "currency wahrung devise"),
    ("percent", "percent percentage pct aliquota steuersatz taux"),
    ("birth", "birth born dob"),
    ("gender", "gender sex"),
    ("signature", "signature signed sign"),
    ("status", "status"),
    ("type", "type kind"),
    ("print", "print printed"),
    ("revision", "revision rev version"),
    ("original", "original"),
    ("alternate", "alt alternate alternative"),
    ("product", "products brand"),
    ("contact", "contact attention attn"),
    ("commission", "commission comm"),
    ("department", "department dept division"),
    ("iban", "iban"),
    ("bic", "bic swift"),
    ("bank", "bank"),
    ("effective", "effective"),
    ("month", "month monat mois maand"),
    ("year", "year years jahr annee jaar"),
    ("office", "office bureau"),
    ("sales", "sale sales verkauf salesperson"),
    ("terms", "term terms conditions"),
    ("page", "page seite pagina"),
    ("time", "time hour"),
    ("weight", "weight gewicht"),
    ("nationality", "nationality citizenship"),
    ("occupation", "occupation profession job"),
    ("billing", "billing billed"),
    ("estimate", "estimate est"),
    ("market", "market"),
    ("station", "station channel"),
    ("spots", "spot spots"),
    ("demographic", "demographic demo"),
    ("cycle", "cycle calendar"),
    ("executive", "executive"),
    ("handling", "handling"),
    ("region", "region"),
    ("deal", "deal package"),
    ("separation", "separation"),
    ("property", "property"),
    ("entered", "entered modified changes created"),
    ("buying", "buying"),
    ("remarks", "remarks comments notes comment note bemerkung"),
    ("service", "service services"),
    ("party", "party parties"),
    ("jurisdiction", "jurisdiction governing"),
    ("law", "law laws"),
];

/// Words that carry no meaning in a label.
pub(super) const STOP: &str = "a an the of for in on at by and or this that is are was be with as any its it \
     their his her our your you we my der die das den dem des und oder fur mit zum zur de la le les \
     du et ou au aux pour van het een en voor op per y o del el los las para what which who whose \
     please list all into out per pro";
