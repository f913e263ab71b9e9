"""Sentences of the gallery, which only developers see."""

from collections.abc import Mapping

GALLERY: Mapping[str, tuple[str, str]] = {
    "gallery.boxes": ("Caselle", "Boxes"),
    "gallery.boxes_when": (
        "Per scegliere più cose da un elenco corto, o una sola con i bottoni rotondi.",
        "To choose several of a short list, or one of it with radio buttons.",
    ),
    "gallery.chip": ("Etichette", "Chips"),
    "gallery.chip_when": (
        "Per uno stato, in una parola. Il colore non dice niente che la parola non dica.",
        "For a state, in a word. The colour says nothing that the word does not.",
    ),
    "gallery.choice": ("Scelta", "Choice"),
    "gallery.choice_when": ("Per scegliere una cosa da un elenco lungo.", "To choose one of a long list."),
    "gallery.confirm": ("Conferma", "Confirmation"),
    "gallery.confirm_when": (
        "Prima di un passo che non si disfa: una pagina, con che cosa succede e la via per tornare.",
        "Before a step that cannot be undone: a page that says what happens, with the way back.",
    ),
    "gallery.contacts": ("Contatti", "Contacts"),
    "gallery.contacts_when": ("Per dire a chi chiedere.", "To say whom to ask."),
    "gallery.done": ("Fatto", "Done"),
    "gallery.done_when": (
        "In alto, dopo che qualcosa è stato salvato. Resta finché si cambia pagina.",
        "On top, after something was saved. It stays until the page is left.",
    ),
    "gallery.empty": ("Niente da mostrare", "Nothing to show"),
    "gallery.empty_when": (
        "Al posto di un elenco vuoto: perché è vuoto e che cosa si può fare.",
        "In place of an empty list: why it is empty, and what one can do.",
    ),
    "gallery.facts": ("Dati in coppia", "Facts"),
    "gallery.facts_when": ("Per pochi dati di una cosa sola.", "For few facts about one thing."),
    "gallery.group": ("Gruppo di dati di una scheda", "Group of a case"),
    "gallery.group_when": (
        "Un dato visibile, uno vuoto e uno che non si vede, con il perché.",
        "A value that is seen, one that is empty, and one that is not seen, with the reason.",
    ),
    "gallery.lead": (
        "Tutto ciò di cui sono fatte le pagine, in ogni suo stato. Qui è tutto inventato.",
        "All that pages are made of, in each of its states. Everything here is invented.",
    ),
    "gallery.line": ("Campo", "Field"),
    "gallery.line_when": (
        "Per una parola o una riga: nome in alto, aiuto, errore, casella.",
        "For a word or a line: label above, hint, error, box.",
    ),
    "gallery.lines": ("Testo lungo", "Long text"),
    "gallery.lines_when": ("Per più righe.", "For several lines."),
    "gallery.news": ("Novità", "News"),
    "gallery.news_when": (
        "Sulla prima pagina, finché non si segnano come lette.",
        "On the first page, until put away.",
    ),
    "gallery.progress": ("Quanto di quanto", "How much of how much"),
    "gallery.progress_when": (
        "Quando una quantità ha un massimo; le parole dicono già tutto.",
        "When a quantity has a limit; the words already say it all.",
    ),
    "gallery.consent": ("Un consenso", "A consent"),
    "gallery.consent_when": ("Nella scheda, e prima di ritirarlo.", "In a case, and before it is withdrawn."),
    "gallery.grounds": ("Dati e motivo", "Data and their ground"),
    "gallery.grounds_when": (
        "Che cosa vede un ente: per quale scopo, per quale articolo, fino a quando.",
        "What an organisation sees: for what purpose, by which clause, until when.",
    ),
    "gallery.outlook": ("Che cosa cambia per un ente", "What changes for an organisation"),
    "gallery.outlook_when": (
        "Prima di ritirare un consenso o di collegarne uno.",
        "Before a consent is withdrawn or attached.",
    ),
    "gallery.readers": ("Chi vede la scheda", "Who sees the case"),
    "gallery.readers_when": (
        "In cima alla scheda: ogni ente, che cosa vede, per quale articolo e fino a quando.",
        "On top of a case: each organisation, what it sees, by which clause and until when.",
    ),
    "gallery.steps": ("Passi", "Steps"),
    "gallery.steps_when": ("Quando un lavoro prende più pagine.", "When a task takes several pages."),
    "gallery.summary": ("Riassunto degli errori", "Summary of problems"),
    "gallery.summary_when": (
        "In cima a un modulo da correggere: prende il fuoco e porta a ogni campo.",
        "On top of a form to mend: it takes the focus, and leads to each field.",
    ),
    "gallery.table": ("Tabella", "Table"),
    "gallery.table_when": (
        "Per un elenco. Su uno schermo stretto diventa schede.",
        "For a list. On a narrow screen it becomes cards.",
    ),
    "gallery.timeline": ("Che cosa è successo", "Timeline"),
    "gallery.timeline_when": ("Per la storia di una scheda.", "For the story of a case."),
    "gallery.title": ("Galleria dei componenti", "Gallery of components"),
    "gallery.trail": ("Dove sei", "Trail"),
    "gallery.trail_when": (
        "In cima a ogni pagina che sta sotto un'altra.",
        "On top of each page that is below another.",
    ),
    "gallery.versions": ("Due versioni", "Two versions"),
    "gallery.versions_when": (
        "Quando un collega ha cambiato lo stesso dato nel frattempo.",
        "When a colleague has changed the same value meanwhile.",
    ),
    "gallery.works": ("Interventi", "Joint interventions"),
    "gallery.works_when": ("Per un elenco di interventi.", "For a list of joint interventions."),
}
