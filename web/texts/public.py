"""What the pages for everybody say: the first one, contacts, privacy, accessibility."""

from collections.abc import Mapping

PUBLIC: Mapping[str, tuple[str, str]] = {
    "accessibility.a_state": ("A che punto siamo", "How far we are"),
    "accessibility.a_state_text": (
        "WIN segue le regole WCAG 2.1, livello AA, come chiede la legge 9 gennaio 2004, n. 4. Per noi le rispetta. "
        "Il giudizio è nostro: nessun altro lo ha ancora controllato.",
        "WIN follows WCAG 2.1, level AA, as Italian law 4 of 9 January 2004 asks. We hold that it conforms. The "
        "judgement is our own: nobody else has checked it yet.",
    ),
    "accessibility.b_how": ("Come lo controlliamo", "How we check it"),
    "accessibility.b_how_text": (
        "A ogni modifica un programma guarda le pagine, larghe e strette, in italiano e in inglese. Tutto si usa con "
        "la tastiera e senza JavaScript. Una prova con chi usa un lettore di schermo è ancora da fare.",
        "With every change a program looks at the pages, wide and narrow, in Italian and in English. All of it works "
        "by keyboard and without JavaScript. A trial with people who use a screen reader is still to be done.",
    ),
    "accessibility.c_limits": ("Che cosa manca", "What is missing"),
    "accessibility.c_limits_text": (
        "La pagina per provare l'API, che serve a chi scrive programmi, non è comoda su uno schermo piccolo. La guida "
        "è solo in italiano.",
        "The page for trying the API, for those who write programs, is not handy on a small screen. The guide is in "
        "Italian only.",
    ),
    "accessibility.d_tell": ("Se trovi un ostacolo", "If you meet an obstacle"),
    "accessibility.d_tell_text": (
        "Scrivi al contatto del tuo territorio, qui sotto: di' in quale pagina sei e che cosa non riesci a fare. Se "
        "non ricevi risposta entro 30 giorni, puoi rivolgerti al Difensore civico per il digitale, presso AGID.",
        "Write to the contact of your territory, below: say on which page you are and what you cannot do. If there is "
        "no answer within 30 days you may turn to the ombudsman for digital services at AGID.",
    ),
    "accessibility.lead": (
        "Chiunque deve poter usare WIN: con la tastiera, con un lettore di schermo, da un telefono piccolo.",
        "Everybody has to be able to use WIN: by keyboard, with a screen reader, on a small telephone.",
    ),
    "accessibility.title": ("Dichiarazione di accessibilità", "Declaration of accessibility"),
    "contacts.lead": (
        "Ogni territorio ha una persona a cui chiedere. Per la password, o per un dato che non vedi, chiedi prima a "
        "chi coordina il tuo ente.",
        "Each territory has somebody to ask. About a password, or data that you do not see, first ask whoever "
        "coordinates your organisation.",
    ),
    "contacts.none": (
        "Nessun territorio ha ancora indicato un contatto. Chiedi al tuo ente.",
        "No territory has named a contact yet. Ask your organisation.",
    ),
    "contacts.person": ("Se un ente ha una scheda su di te", "If an organisation has a case about you"),
    "contacts.person_lead": (
        "Chiedi all'ente che ti segue: ti dice che cosa c'è scritto e chi l'ha letto, corregge gli errori e può "
        "ritirare il tuo consenso quando vuoi.",
        "Ask the organisation that helps you: it tells you what is written and who has read it, mends errors, and "
        "withdraws your consent whenever you like.",
    ),
    "contacts.title": ("A chi chiedere", "Whom to ask"),
    "front.enter": ("Accedi", "Sign in"),
    "front.help": ("Come si usa", "How to use it"),
    "front.lead": (
        "WIN aiuta gli enti di un territorio a seguire insieme le persone e le famiglie in difficoltà: ciascuno con le "
        "sue schede, e insieme solo quello che serve.",
        "WIN helps the organisations of a territory to support people and families in need together: each with its "
        "own cases, and together no more than is needed.",
    ),
    "front.one": ("Un patto", "A pact"),
    "front.one_lead": (
        "Gli enti firmano un patto. Il patto dice chi può vedere che cosa, e per fare cosa.",
        "Organisations sign a pact. It says who may see what, and for what.",
    ),
    "front.three": ("Tutto resta scritto", "All of it is written down"),
    "front.three_lead": (
        "Quando un altro ente legge una scheda, resta scritto chi, quando e perché.",
        "When another organisation reads a case, it is written down who, when and why.",
    ),
    "front.title": ("Welfare d'iniziativa", "Proactive welfare"),
    "front.two": ("Un consenso", "A consent"),
    "front.two_lead": (
        "La persona decide che cosa mostrare e a chi. Può ripensarci quando vuole.",
        "The person decides what to show, and to whom. They can change their mind at any time.",
    ),
    "front.whom": ("Vuoi sapere di più?", "Would you like to know more?"),
    "front.whom_lead": (
        "Per entrare serve un invito del tuo ente. Per ogni altra domanda scrivi a chi coordina il territorio.",
        "To enter you need an invitation of your organisation. For any other question write to whoever coordinates "
        "the territory.",
    ),
    "help.contents": ("In questa pagina", "On this page"),
    "help.italian": ("La guida è in italiano.", "The guide is in Italian."),
    "privacy.a_cases": ("I dati delle persone seguite", "Data of the people in the cases"),
    "privacy.a_cases_text": (
        "Ogni ente è titolare delle schede che apre. Un altro ente ne vede una parte solo se il patto lo permette e "
        "c'è una base: il consenso della persona o, per gli enti pubblici, un compito pubblico. Ogni lettura resta "
        "scritta.",
        "Each organisation is the controller of the cases that it opens. Another one sees a part only if the pact "
        "allows it and there is a ground: the person's consent or, for public bodies, a public task. Every read is "
        "written down.",
    ),
    "privacy.b_staff": ("I dati di chi usa WIN", "Data of those who use WIN"),
    "privacy.b_staff_text": (
        "Teniamo nome, e-mail, ente, ruolo, i tuoi accessi e quello che fai sulle schede. Servono a farti entrare, e "
        "a rispondere a chi chiede chi ha letto.",
        "We keep name, e-mail, organisation, role, your sign-ins and what you do with cases. They let you in, and "
        "answer whoever asks who has read.",
    ),
    "privacy.c_cookies": ("I cookie", "Cookies"),
    "privacy.c_cookies_text": (
        "Solo quelli che servono: per restare collegato, per la verifica in due passaggi, per la lingua, per "
        "riconoscere il tuo browser. Non c'è pubblicità, nessuno ti segue, e niente arriva da altri siti.",
        "Only those that are needed: to stay signed in, for two-step verification, for the language, to know your "
        "browser again. There are no advertisements, nobody follows you, and nothing comes from other sites.",
    ),
    "privacy.d_rights": ("I tuoi diritti", "Your rights"),
    "privacy.d_rights_text": (
        "Puoi chiedere di vedere, correggere o cancellare i tuoi dati, e ritirare un consenso. Chiedi al tuo ente o al "
        "contatto qui sotto. Puoi anche fare reclamo al Garante per la protezione dei dati personali.",
        "You may ask to see, mend or delete your data, and withdraw a consent. Ask your organisation or the contact "
        "below. You may also complain to the Garante, the data protection authority.",
    ),
    "privacy.lead": (
        "In breve: chi tiene i tuoi dati, perché, e che cosa puoi chiedere.",
        "In short: who keeps your data, why, and what you may ask for.",
    ),
    "privacy.title": ("Privacy", "Privacy"),
}
