"""The words of what a member is told, and of how long a proposal waits."""

from collections.abc import Mapping

NEWS: Mapping[str, tuple[str, str]] = {
    "news.all": ("Tutte le novità", "All news"),
    "news.before": ("Prima: {count}", "Before: {count}"),
    "news.consent": ("Consenso", "Consent"),
    "news.look_at": ("Apri: {what}", "Open: {what}"),
    "news.new": ("Da leggere", "New"),
    "news.none": ("Nessuna novità", "No news"),
    "news.none_lead": (
        "Qui trovi le proposte che arrivano e le risposte alle tue.",
        "Here you find proposals that arrive, and the answers to yours.",
    ),
    "news.put_away": ("Segna come letta: {what}", "Mark as read: {what}"),
    "news.read_all": ("Segna tutte come lette", "Mark all as read"),
    "news.title": ("Novità", "News"),
    "news.unread": ("Novità da leggere: {count}", "News to read: {count}"),
    "work.lapsed_ours": (
        "Nessuno ha risposto per 30 giorni. Se serve ancora, fai una proposta nuova dalla scheda.",
        "Nobody answered for 30 days. If it is still needed, make a new proposal from the case.",
    ),
    "work.lapsed_theirs": (
        "Sono passati 30 giorni senza una risposta. Se volete ancora partecipare, chiedete a {name} di proporlo di "
        "nuovo.",
        "30 days have passed without an answer. If you still want to take part, ask {name} to propose it again.",
    ),
    "work.lapses": ("Si può rispondere fino al", "Can be answered until"),
    "work.seen": ("Letto il {day}", "Read on {day}"),
}
