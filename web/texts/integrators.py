"""Texts of the pages for whoever writes a client."""

from collections.abc import Mapping

INTEGRATORS: Mapping[str, tuple[str, str]] = {
    "explorer.lead": (
        "Scrivi una domanda ed eseguila: vedi e cambi quello che puoi vedere e cambiare tu, con dati veri. "
        "Lo strumento è in inglese.",
        "Write a question and run it: it sees and changes what you may see and change, with real data.",
    ),
    "explorer.reference": ("Schema dell'API", "Schema of the API"),
    "explorer.scripts": (
        "Per l'esploratore serve JavaScript. Lo schema dell'API si legge senza.",
        "The explorer needs JavaScript. The schema of the API can be read without.",
    ),
    "explorer.title": ("Esploratore dell'API", "Explorer of the API"),
    "explorer.unbuilt": (
        "L'esploratore non è ancora pronto su questo server.",
        "The explorer is not ready on this server yet.",
    ),
    "manual.guide": ("Guida per chi sviluppa", "Guide for developers"),
    "manual.pages": ("Documentazione dell'API", "Documentation of the API"),
    "schema.arguments": ("Argomenti", "Arguments"),
    "schema.cost": ("Costo", "Cost"),
    "schema.cost_by_ids": (
        "quanti sono gli id, 2 punti e il costo di ciò che sta sotto",
        "as often as there are ids, 2 points and the cost of what is below",
    ),
    "schema.cost_in_page": (
        "quante volte dice “first” della lista, 2 punti e il costo di ciò che sta sotto",
        "as often as the list's “first” says, 2 points and the cost of what is below",
    ),
    "schema.cost_leaf": ("1 punto", "1 point"),
    "schema.cost_list": (
        "{times} volte, 2 punti e il costo di ciò che sta sotto",
        "{times} times, 2 points and the cost of what is below",
    ),
    "schema.cost_object": ("2 punti e il costo di ciò che sta sotto", "2 points and the cost of what is below"),
    "schema.cost_page": (
        "2 punti; gli elementi contano quante volte dice “first”, se manca {times}",
        "2 points; its items count as often as “first” says, {times} times without it",
    ),
    "schema.cost_rule": (
        "Un'operazione può costare al massimo {limit} punti. Il costo si conosce prima di eseguirla.",
        "An operation may cost {limit} points at most. The cost is known before it is run.",
    ),
    "schema.default": ("Se manca", "If left out"),
    "schema.deprecated": ("Da non usare più", "Deprecated"),
    "schema.errors": ("I codici di errore", "The error codes"),
    "schema.explorer": ("Prova l'API", "Try the API"),
    "schema.field": ("Dato condiviso", "Shared field"),
    "schema.implements": ("È anche", "Implements"),
    "schema.index": ("Indice", "Index"),
    "schema.kind.enum": ("Elenchi di valori", "Enums"),
    "schema.kind.input": ("Dati in ingresso", "Inputs"),
    "schema.kind.interface": ("Interfacce", "Interfaces"),
    "schema.kind.mutation": ("Modifiche", "Mutations"),
    "schema.kind.object": ("Oggetti", "Objects"),
    "schema.kind.query": ("Domande", "Queries"),
    "schema.kind.scalar": ("Valori semplici", "Scalars"),
    "schema.kind.union": ("Unioni", "Unions"),
    "schema.lead": (
        "Tutto quello che si può chiedere e cambiare con l'API GraphQL. Le descrizioni sono in inglese.",
        "All that can be asked and changed with the GraphQL API.",
    ),
    "schema.possible": ("Può essere", "Can be"),
    "schema.text": ("Lo schema come testo", "The schema as text"),
    "schema.title": ("Schema dell'API", "Schema of the API"),
}
