"""What the pages of one's own account say."""

from collections.abc import Mapping

ACCOUNT: Mapping[str, tuple[str, str]] = {
    "account.done_language": ("Lingua salvata.", "Language saved."),
    "account.done_password": (
        "Password cambiata. Tutti gli altri accessi e i token sono finiti.",
        "Password changed. Every other sign-in and every token has ended.",
    ),
    "account.done_session": ("L'accesso è finito.", "The sign-in has ended."),
    "account.done_sessions": (
        "Tutti gli altri accessi e i token sono finiti. Resta solo questo.",
        "Every other sign-in and every token has ended. Only this one is left.",
    ),
    "account.end": ("Fai finire", "End it"),
    "account.end_column": ("Fine", "End"),
    "account.end_named": ("Fai finire: {kind}, iniziato il {opened}", "End it: {kind}, begun on {opened}"),
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
    "account.opened": ("Iniziato il", "Begun on"),
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
    "account.sessions": ("Dove hai fatto l'accesso", "Where you are signed in"),
    "account.sessions_lead": (
        "Se ne vedi uno che non riconosci, fallo finire e cambia la password.",
        "If there is one that you do not know, end it and change the password.",
    ),
    "account.this_one": ("Questo", "This one"),
    "account.title": ("Il tuo account", "Your account"),
    "account.used": ("Usato l'ultima volta", "Last used"),
    "hint.newPassword": (
        "Almeno 12 caratteri. Tre o quattro parole a caso sono facili da ricordare e difficili da indovinare.",
        "At least 12 characters. Three or four random words are easy to remember and hard to guess.",
    ),
    "input.currentPassword": ("Password attuale", "Present password"),
    "input.language": ("WIN ti parla in", "WIN speaks to you in"),
    "input.newPassword": ("Password nuova", "New password"),
    "input.repeatPassword": ("Ancora la password nuova", "The new password again"),
    "session.bearer": ("Token per programmi", "Token for scripts"),
    "session.cookie": ("Browser", "Browser"),
    "wrong.repeat": (
        "Le due password nuove sono diverse. Riscrivile.",
        "The two new passwords differ. Type them again.",
    ),
}
