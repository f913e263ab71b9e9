"""What the pages of one's own account say."""

from collections.abc import Mapping

ACCOUNT: Mapping[str, tuple[str, str]] = {
    "account.browser_on": (
        "{browser} su {system}",
        "{browser} on {system}",
    ),
    "account.done_factor_off": (
        "Verifica in due passaggi disattivata. Da ora basta la password.",
        "Two-step verification is off. From now on the password is enough.",
    ),
    "account.done_news": ("Scelta salvata.", "Choice saved."),
    "account.news": ("Novità per posta", "News by mail"),
    "account.news_off": (
        "Non ricevi messaggi di posta: le novità le trovi in WIN.",
        "You get no mail: you find what is new in WIN.",
    ),
    "account.news_on": (
        "Se ci sono novità da leggere, la mattina ricevi un messaggio di posta. Non dice nomi, né numeri di schede.",
        "If there is something new to read, you get a mail in the morning. It says no names and no case numbers.",
    ),
    "account.news_start": ("Mandami il messaggio", "Send me the mail"),
    "account.news_stop": ("Non mandarmi più il messaggio", "Send me no more mail"),
    "account.done_language": ("Lingua salvata.", "Language saved."),
    "account.done_password": (
        "Password cambiata. Tutti gli altri accessi e i token sono finiti.",
        "Password changed. Every other sign-in and every token has ended.",
    ),
    "account.done_session": (
        "Hai chiuso quell'accesso. Qui resti dentro.",
        "That sign-in has ended. You stay signed in here.",
    ),
    "account.done_sessions": (
        "Tutti gli altri accessi e i token sono finiti. Resta solo questo.",
        "Every other sign-in and every token has ended. Only this one is left.",
    ),
    "account.end": ("Chiudi", "Sign out"),
    "account.end_column": ("Fine", "End"),
    "account.end_named": ("Chiudi: {kind}, iniziato il {opened}", "Sign out: {kind}, started on {opened}"),
    "account.end_others": ("Esci ovunque, tranne qui", "Sign out everywhere but here"),
    "account.ends": ("Finisce al più tardi", "Ends at the latest"),
    "account.here": ("Per uscire da qui usa Esci, in alto.", "To leave here use Sign out, at the top."),
    "account.kind": ("Come", "How"),
    "account.language_lead": (
        "Vale qui e sui dispositivi in cui non hai scelto una lingua in alto.",
        "It holds here, and on devices where you have chosen no language at the top.",
    ),
    "account.language_save": ("Salva la lingua", "Save the language"),
    "account.name": ("Nome", "Name"),
    "account.network": (
        "Da dove",
        "Where from",
    ),
    "account.opened": ("Iniziato il", "Started on"),
    "account.other_network": (
        "Un altro posto ({network})",
        "Another network ({network})",
    ),
    "account.password": ("Password", "Password"),
    "account.password_change": ("Cambia la password", "Change the password"),
    "account.password_ends": (
        "Quando la cambi finiscono tutti gli altri accessi, su ogni dispositivo, e i token. Qui resti dentro.",
        "When you change it every other sign-in ends, on every device, and so do tokens. Here you stay signed in.",
    ),
    "account.password_lead": (
        "Cambiala se qualcun altro può averla vista, o se è quella che hai ricevuto dal tuo ente.",
        "Change it if somebody else may have seen it, or if it is the one that your organisation gave you.",
    ),
    "account.same_network": (
        "Lo stesso posto di adesso",
        "The network that you are in now",
    ),
    "account.sessions": ("Dove hai fatto l'accesso", "Where you are signed in"),
    "account.sessions_lead": (
        "Se ne vedi uno che non riconosci, chiudilo e cambia la password.",
        "If there is one that you do not know, end it and change the password.",
    ),
    "account.this_one": ("Questo", "This one"),
    "account.title": ("Il tuo account", "Your account"),
    "account.used": ("Usato l'ultima volta", "Last used"),
    "enter.code": ("Scrivi il codice", "Write the code"),
    "enter.code_lead": (
        "Apri l'app dei codici sul telefono e scrivi il codice di 6 cifre che vedi per WIN.",
        "Open the application with your codes on the telephone, and write the code of 6 digits that it shows for WIN.",
    ),
    "enter.code_lost": (
        "Non hai il telefono? Scrivi uno dei codici di recupero. Se li hai persi, chiedi a chi coordina il tuo ente.",
        "No telephone at hand? Write one of the recovery codes. If they are lost, ask whoever is your coordinator.",
    ),
    "factor.begin": ("Attiva la verifica in due passaggi", "Switch on two-step verification"),
    "factor.codes": ("I tuoi codici di recupero", "Your recovery codes"),
    "factor.codes_kept": ("Li ho conservati, continua", "I have kept them, go on"),
    "factor.codes_lead": (
        "Stampali o copiali adesso in un posto sicuro: non li mostreremo più. Ognuno vale una volta sola, al posto del "
        "codice, se non hai il telefono.",
        "Print them or copy them to a safe place now: they are not shown again. Each works once, in place of the code, "
        "when the telephone is not at hand.",
    ),
    "factor.codes_left": ("Codici di recupero rimasti: {count} di {most}", "Recovery codes left: {count} of {most}"),
    "factor.done": (
        "La verifica in due passaggi è attiva. Tutti gli altri accessi e i token sono finiti.",
        "Two-step verification is on. Every other sign-in and every token has ended.",
    ),
    "factor.end": ("Disattiva la verifica in due passaggi", "Switch off two-step verification"),
    "factor.end_lead": (
        "Servono la password e un codice. Da quel momento, per entrare basterà la password.",
        "The password and a code are needed. From then on the password alone will let you in.",
    ),
    "factor.key": ("Oppure scrivi questa chiave nell'app", "Or type this key into the application"),
    "factor.lead": (
        "Oltre alla password, un codice dal telefono: chi scopre la password non entra lo stesso.",
        "Besides the password, a code from your telephone: whoever learns the password still does not get in.",
    ),
    "factor.link": ("Apri nell'app su questo dispositivo", "Open in the application on this device"),
    "factor.needs": (
        "Ti serve un'app per i codici. Per esempio: Aegis, Google Authenticator o Microsoft Authenticator.",
        "You need an authenticator app, like Google Authenticator, Microsoft Authenticator or Aegis.",
    ),
    "factor.on": ("Attiva", "On"),
    "factor.on_lead": ("Dal {day}.", "Since {day}."),
    "factor.picture": ("Codice QR da inquadrare con l'app", "QR code to be scanned by the application"),
    "factor.scan": (
        "Inquadra il codice QR con l'app. Poi scrivi qui sotto il codice di 6 cifre che l'app mostra.",
        "Scan the QR code with the application. Then write below the code of 6 digits that it shows.",
    ),
    "factor.title": ("Verifica in due passaggi", "Two-step verification"),
    "forgotten.lead": (
        "Scrivi l'e-mail con cui entri in WIN: ti mandiamo un link per scegliere una password nuova.",
        "Write the e-mail that you sign in with: we send you a link to choose a new password.",
    ),
    "forgotten.link": (
        "Password dimenticata?",
        "Forgotten your password?",
    ),
    "forgotten.send": (
        "Mandami il link",
        "Send me the link",
    ),
    "forgotten.sent": (
        "Se l'indirizzo è registrato, tra poco arriva una e-mail.",
        "If the address is registered, an e-mail arrives shortly.",
    ),
    "forgotten.sent_lead": (
        "Il link vale 30 minuti e una volta sola. Se non arriva nulla, guarda nella posta indesiderata, o chiedi a "
        "chi coordina il tuo ente: può mandartene uno.",
        "The link works for 30 minutes, once. If nothing arrives, look among unwanted mail, or ask whoever "
        "coordinates your organisation: they can send you one.",
    ),
    "forgotten.title": (
        "Password dimenticata",
        "Forgotten password",
    ),
    "hint.code_if_any": (
        "Solo se usi la verifica in due passaggi: 6 cifre, oppure un codice di recupero.",
        "Only if you use two-step verification: 6 digits, or a recovery code.",
    ),
    "hint.code": (
        "6 cifre, oppure un codice di recupero. Gli spazi non contano.",
        "6 digits, or a recovery code. Spaces do not matter.",
    ),
    "hint.first_code": ("6 cifre. Gli spazi non contano.", "6 digits. Spaces do not matter."),
    "hint.newPassword": (
        "Almeno 12 caratteri. Tre o quattro parole a caso sono facili da ricordare e difficili da indovinare.",
        "At least 12 characters. Three or four random words are easy to remember and hard to guess.",
    ),
    "input.code": ("Codice", "Code"),
    "input.currentPassword": ("Password attuale", "Current password"),
    "input.language": ("WIN ti parla in", "WIN speaks to you in"),
    "input.newPassword": ("Password nuova", "New password"),
    "input.repeatPassword": ("Ancora la password nuova", "The new password again"),
    "password.hide": (
        "Nascondi la password",
        "Hide the password",
    ),
    "password.show": (
        "Mostra la password",
        "Show the password",
    ),
    "reset.again": (
        "Chiedi un altro link",
        "Ask for another link",
    ),
    "reset.done": (
        "La password è cambiata. Ora entra con quella nuova.",
        "The password has changed. Sign in with the new one.",
    ),
    "reset.gone": (
        "Questo link non è valido",
        "This link is not valid",
    ),
    "reset.gone_lead": (
        "Forse l'hai già usato, o sono passati più di 30 minuti.",
        "It may have been used, or more than 30 minutes have passed.",
    ),
    "reset.lead": (
        "Quando la salvi finiscono tutti gli accessi aperti, su ogni dispositivo, e i token.",
        "When you save it every open sign-in ends, on every device, and so do tokens.",
    ),
    "reset.save": (
        "Salva la password",
        "Save the password",
    ),
    "reset.title": (
        "Scegli una password nuova",
        "Choose a new password",
    ),
    "session.bearer": ("Token per programmi", "Token for scripts"),
    "session.cookie": ("Browser", "Browser"),
    "wrong.repeat": (
        "Le due password nuove sono diverse. Riscrivile.",
        "The two new passwords differ. Type them again.",
    ),
}
