"""Every sentence shown to people, in Italian and in English; ids are sorted and placeholders are `{name}`.

Who raises an error names the sentence by its id and gives its values; the sentence itself is chosen at the edge,
where the caller's language is known.
"""

from collections.abc import Mapping

from infra.problem_messages import PROBLEMS

Sentence = tuple[str, str]

MESSAGES: Mapping[str, Sentence] = {
    "error.bad_request": (
        "La richiesta non è scritta in modo corretto. Controlla i dati e riprova.",
        "The request is not well formed. Check what was sent and try again.",
    ),
    "error.body": (
        "Il corpo della richiesta deve essere un oggetto JSON con il testo della query in `query`.",
        "The body of the request must be a JSON object with the text of the query in `query`.",
    ),
    "error.browser_only": (
        "L'account si cambia solo da un browser, dopo aver fatto l'accesso con la password. Con un token si può solo "
        "leggere.",
        "An account is changed in a browser alone, after signing in with the password. A token can only read it.",
    ),
    "error.conflict": (
        "Qualcuno ha modificato questa scheda prima di te: avevi la versione {expected}, ora c'è la {actual}. "
        "Ricarica la scheda e ripeti la modifica.",
        "Somebody changed this case before you: you had version {expected}, now it is {actual}. "
        "Reload the case and make your change again.",
    ),
    "error.conflict_with": (
        "{by} ha modificato questi dati prima di te: avevi la versione {expected}, ora c'è la {actual}. "
        "Confronta le due versioni e ripeti la modifica.",
        "{by} changed this information before you: you had version {expected}, now it is {actual}. "
        "Compare the two and make your change again.",
    ),
    "error.content_type": (
        "La richiesta deve avere Content-Type: application/json.",
        "The request must have Content-Type: application/json.",
    ),
    "error.cursor": (
        "Il cursore non viene da questo elenco, con questo ordine e questo filtro. Usane uno così come l'hai ricevuto.",
        "The cursor is not from this list in this order and with this filter. Use a `cursor` as you received it.",
    ),
    "error.empty_filter": (
        "Il filtro `{name}` non ha né lettere né cifre. Scrivi almeno una lettera o una cifra, o lascialo via.",
        "The filter `{name}` has neither letters nor digits. Write at least one letter or digit, or leave it out.",
    ),
    "error.first_and_last": (
        "`first` e `last` non vanno insieme: scegli se partire dall'inizio o dalla fine dell'elenco.",
        "`first` and `last` do not go together: choose the start or the end of the list.",
    ),
    "error.forbidden": (
        "Il tuo ruolo non permette questa operazione. Chi coordina il tuo ente può farla o dirti come.",
        "Your role does not allow this. Whoever coordinates your organisation can do it, or tell you how.",
    ),
    "error.idempotency_conflict": (
        "Questa chiave di ripetizione è già stata usata per una richiesta diversa. Usa una chiave nuova.",
        "This idempotency key was already used for a different request. Use a new key.",
    ),
    "error.idempotency_key": (
        "La chiave Idempotency-Key non è valida: usa da 1 a {longest} caratteri semplici.",
        "The Idempotency-Key is not valid: use 1 to {longest} plain characters.",
    ),
    "error.idempotency_secret": (
        "Una richiesta che contiene una password o un codice non può avere la chiave Idempotency-Key.",
        "A request that holds a password or a code cannot have an Idempotency-Key.",
    ),
    "error.internal": (
        "C'è stato un problema da parte nostra e non è stato salvato nulla. Riprova; se succede ancora, "
        "comunicaci il codice della richiesta.",
        "Something went wrong on our side and nothing was saved. Try again; if it happens again, "
        "tell us the request code.",
    ),
    "error.limit_exceeded": (
        "La richiesta chiede troppe cose insieme. Dividila in richieste più piccole.",
        "The request asks for too much at once. Split it into smaller requests.",
    ),
    "error.method_not_allowed": (
        "Questo indirizzo non accetta questo metodo. Usa: {allowed}.",
        "This address does not take this method. Use: {allowed}.",
    ),
    "error.not_found": (
        "Non troviamo quello che cerchi. Forse non esiste, o non è condiviso con il tuo ente.",
        "We cannot find what you are looking for. It may not exist, or it is not shared with your organisation.",
    ),
    "error.not_writable": (
        "Non puoi modificare questi dati: il tuo ruolo, o la condivisione di questa scheda, non lo prevede.",
        "You cannot change this information: your role, or the way this case is shared, does not provide for it.",
    ),
    "error.pact_not_sound": (
        "Il patto di questo territorio è da ricontrollare, e finché non è fatto il servizio qui è sospeso. Avvisa chi "
        "gestisce WIN per il tuo territorio.",
        "The pact of this territory has to be checked, and until that is done the service is suspended here. Tell "
        "whoever runs WIN for your territory.",
    ),
    "error.page_size": (
        "`first` e `last` devono essere numeri da 0 a {most}.",
        "`first` and `last` have to be numbers from 0 to {most}.",
    ),
    "error.persisted_query_not_supported": (
        # Clients compare these very words.
        "PersistedQueryNotSupported",
        "PersistedQueryNotSupported",
    ),
    "error.too_many_attempts": (
        "Ci sono stati troppi tentativi di accesso. Aspetta {seconds} secondi e riprova.",
        "There were too many sign-in attempts. Wait {seconds} seconds and try again.",
    ),
    "error.too_many_ids": (
        "Si possono chiedere al massimo {most} identificativi alla volta.",
        "At most {most} ids can be asked at once.",
    ),
    "error.unauthenticated": (
        "Non hai effettuato l'accesso, oppure è scaduto. Accedi di nuovo.",
        "You are not signed in, or your session has ended. Sign in again.",
    ),
    "error.unavailable": (
        "Il servizio è momentaneamente occupato. Riprova fra qualche istante.",
        "The service is busy at the moment. Try again shortly.",
    ),
    "error.which_operation": (
        "Il documento deve contenere l'operazione da eseguire; se ne contiene più di una, indica operationName.",
        "The document must contain the operation to run; if it contains more than one, give operationName.",
    ),
    "limit.aliases": (
        "La richiesta usa {found} alias; il massimo è {limit}.",
        "The request uses {found} aliases; the most is {limit}.",
    ),
    "limit.body": (
        "La richiesta è troppo grande: il massimo è {limit} byte. Scrivi o invia di meno.",
        "The request is too large: the most is {limit} bytes. Write or send less.",
    ),
    "limit.cost": (
        "La richiesta costa {found} punti; il massimo è {limit}. Chiedi meno campi o un `first` più piccolo.",
        "The request costs {found} points; the most is {limit}. Ask for fewer fields or a smaller `first`.",
    ),
    "limit.depth": (
        "La richiesta è profonda {found} livelli; il massimo è {limit}.",
        "The request is {found} levels deep; the most is {limit}.",
    ),
    "limit.directives": (
        "La richiesta usa {found} direttive; il massimo è {limit}.",
        "The request uses {found} directives; the most is {limit}.",
    ),
    "limit.document": (
        "Il documento della richiesta è di {found} byte; il massimo è {limit}.",
        "The document of the request is {found} bytes; the most is {limit}.",
    ),
    "limit.fields": (
        "La richiesta, con i frammenti aperti, ha {found} campi; il massimo è {limit}.",
        "The request, with its fragments opened, has {found} fields; the most is {limit}.",
    ),
    "limit.fragments": (
        "La richiesta definisce {found} frammenti; il massimo è {limit}.",
        "The request defines {found} fragments; the most is {limit}.",
    ),
    "limit.repeats": (
        "La richiesta ripete gli stessi campi: {found} coppie; il massimo è {limit}.",
        "The request repeats the same fields: {found} pairs; the most is {limit}.",
    ),
    "limit.slow": (
        "La richiesta non è arrivata intera in {limit} secondi. Controlla la connessione e riprova.",
        "The request did not arrive whole within {limit} seconds. Check the connection and try again.",
    ),
    "limit.tokens": (
        "Il documento della richiesta ha {found} simboli; il massimo è {limit}.",
        "The document of the request has {found} tokens; the most is {limit}.",
    ),
    "limit.variables": (
        "Le variabili contengono {found} valori; il massimo è {limit}.",
        "The variables contain {found} values; the most is {limit}.",
    ),
    "mail.factor_ended_subject": (
        "WIN: la verifica in due passaggi è disattivata",
        "WIN: two-step verification is off",
    ),
    "mail.factor_ended_text": (
        "Buongiorno,\n\ndue persone del tuo territorio hanno confermato che hai perso i codici: la verifica in due "
        "passaggi è disattivata e tutti gli accessi sono finiti. Entra con la password e riattivala:\n\n{address}\n\n"
        "Se non l'hai chiesto tu, cambia subito la password e avvisa chi coordina il tuo ente.\n",
        "Hello,\n\ntwo people of your network have confirmed that you lost your codes: two-step verification is "
        "off and every sign-in has ended. Enter with the password and switch it on again:\n\n{address}\n\n"
        "If you did not ask for this, change the password at once and tell whoever coordinates your organisation.\n",
    ),
    "mail.factor_reset_asked_subject": (
        "WIN: hai perso i codici della verifica in due passaggi?",
        "WIN: did you lose the codes of two-step verification?",
    ),
    "mail.factor_reset_asked_text": (
        "Buongiorno,\n\nchi coordina il tuo ente ha scritto che hai perso i codici della verifica in due passaggi. "
        "Quando una seconda persona lo conferma, ti basterà la password.\n"
        "Se non l'hai chiesto tu, avvisa subito chi coordina il tuo ente. Il tuo account: {address}\n",
        "Hello,\n\nwhoever coordinates your organisation has written that you lost the codes of two-step verification. "
        "When a second person confirms it, the password will do.\n"
        "If you did not ask for this, tell whoever coordinates your organisation at once. Your account: {address}\n",
    ),
    "mail.factor_unlocked_subject": (
        "WIN: la verifica in due passaggi è disattivata",
        "WIN: two-step verification is off",
    ),
    "mail.factor_unlocked_text": (
        "Buongiorno,\n\nchi gestisce WIN ha disattivato la tua verifica in due passaggi, e tutti gli accessi sono "
        "finiti. Entra con la password e riattivala:\n\n{address}\n\n"
        "Se non l'hai chiesto tu, cambia subito la password e avvisa chi coordina il tuo ente.\n",
        "Hello,\n\nwhoever runs WIN has switched off your two-step verification, and every sign-in has ended. "
        "Enter with the password and switch it on again:\n\n{address}\n\n"
        "If you did not ask for this, change the password at once and tell whoever coordinates your organisation.\n",
    ),
    "mail.invitation_subject": (
        "Invito a lavorare in WIN per {organisation}",
        "Invitation to work in WIN for {organisation}",
    ),
    "mail.invitation_text": (
        "Buongiorno,\n\n{invited_by} ti invita a lavorare in WIN per {organisation}.\n\n"
        "Per accettare apri questo indirizzo:\n\n{address}\n\n"
        "Funziona una volta sola, fino al {until}. Non inoltrarlo: chi lo apre entra al posto tuo.\n"
        "Se non aspettavi questo invito, ignora il messaggio: non succede nulla.\n",
        "Hello,\n\n{invited_by} invites you to work in WIN for {organisation}.\n\n"
        "To accept, open this address:\n\n{address}\n\n"
        "It works once, until {until}. Do not forward it: whoever opens it enters in your place.\n"
        "If you did not expect this invitation, ignore the message: nothing happens.\n",
    ),
    "mail.news_subject": ("WIN: novità da leggere", "WIN: something new to read"),
    "mail.news_text": (
        "Buongiorno,\n\nnovità che ti aspettano in WIN per {organisation}: {count}.\n\n"
        "Le leggi qui, dopo aver fatto l'accesso:\n\n{address}\n\n"
        "Questo messaggio arriva al massimo una volta al giorno. Se non lo vuoi più, lo dici nella pagina del tuo "
        "account.\n",
        "Hello,\n\nnew things waiting for you in WIN for {organisation}: {count}.\n\n"
        "Read them here, after signing in:\n\n{address}\n\n"
        "This message comes once a day at most. If you do not want it any more, say so on the page of your account.\n",
    ),
    "mail.password_changed_subject": ("WIN: la tua password è cambiata", "WIN: your password has changed"),
    "mail.password_changed_text": (
        "Buongiorno,\n\nla password del tuo accesso a WIN è appena cambiata, e tutti gli altri accessi sono finiti.\n"
        "Se sei stata tu, o sei stato tu, non devi fare nulla. Altrimenti scegli «Password dimenticata?» dove si entra "
        "in WIN, e avvisa chi coordina il tuo ente. Il tuo account: {address}\n",
        "Hello,\n\nthe password of your sign-in to WIN has just changed, and every other sign-in has ended.\n"
        'If it was you, there is nothing to do. If not, choose "Forgotten your password?" where one signs in to WIN, '
        "and tell whoever coordinates your organisation. Your account: {address}\n",
    ),
    "mail.password_reset_subject": ("WIN: scegli una password nuova", "WIN: choose a new password"),
    "mail.password_reset_text": (
        "Buongiorno,\n\nper scegliere una password nuova apri questo indirizzo:\n\n{address}\n\n"
        "Funziona una volta sola, per 30 minuti. Non inoltrarlo: chi lo apre sceglie la password al posto tuo.\n"
        "Se non l'hai chiesto tu, ignora il messaggio: la password resta quella di prima.\n",
        "Hello,\n\nto choose a new password open this address:\n\n{address}\n\n"
        "It works once, for 30 minutes. Do not forward it: whoever opens it chooses the password in your place.\n"
        "If you did not ask for it, ignore the message: the password stays what it was.\n",
    ),
    "notification.authorisation_will_end": (
        "Il consenso per la scheda {case} vale fino al {until}: poi i partner non la vedono più.",
        "The authorisation of case {case} is valid until {until}: after that partners see it no more.",
    ),
    "notification.authorisation_withdrawn": (
        "Il consenso per la scheda {case} è stato ritirato: i partner che la vedevano solo per questo non la vedono "
        "più.",
        "The authorisation of case {case} was withdrawn: partners that saw it by this alone see it no more.",
    ),
    "notification.joint_intervention_accepted": (
        "{organisation} ha accettato la proposta per la scheda {case}.",
        "{organisation} has accepted the proposal for case {case}.",
    ),
    "notification.joint_intervention_attached": (
        "Un intervento congiunto di {organisation} riprende con un consenso nuovo: guarda che cosa vedete ora.",
        "A joint intervention of {organisation} goes on with a new authorisation: look at what you see now.",
    ),
    "notification.joint_intervention_closed": (
        "{organisation} ha concluso un intervento congiunto: chi vedeva la scheda non la vede più.",
        "{organisation} has closed a joint intervention: whoever saw the case sees it no more.",
    ),
    "notification.joint_intervention_declined": (
        "{organisation} ha rifiutato la proposta per la scheda {case}.",
        "{organisation} has declined the proposal for case {case}.",
    ),
    "notification.joint_intervention_lapsed": (
        "La proposta per la scheda {case} è scaduta senza risposta. Se serve ancora, fanne una nuova.",
        "The proposal for case {case} has lapsed without an answer. If it is still needed, make a new one.",
    ),
    "notification.joint_intervention_proposed": (
        "{organisation} vi ha proposto un intervento congiunto.",
        "{organisation} has proposed a joint intervention to you.",
    ),
    "notification.joint_intervention_suspended": (
        "Un intervento congiunto di {organisation} è sospeso: ora la scheda non si vede.",
        "A joint intervention of {organisation} is suspended: you do not see the case now.",
    ),
    "notification.joint_intervention_will_lapse": (
        "{organisation} aspetta la vostra risposta a un intervento congiunto: potete darla fino al {lapses}.",
        "{organisation} waits for your answer to a joint intervention: you can give it until {lapses}.",
    ),
    **PROBLEMS,
    "request.cross_site": (
        "La richiesta arriva da un altro sito e non è stata eseguita.",
        "The request comes from another site and was not carried out.",
    ),
    "request.csrf_header": (
        "Manca l'intestazione X-WIN-CSRF: 1, necessaria quando si usa il cookie di sessione.",
        "The header X-WIN-CSRF: 1 is missing; it is needed whenever the session cookie is used.",
    ),
    "request.fragment": (
        "Il frammento {name} è definito due volte, oppure contiene se stesso.",
        "The fragment {name} is defined twice, or it contains itself.",
    ),
    "request.members": (
        "Il corpo della richiesta deve contenere, come testo: {names}.",
        "The body of the request must contain, as text: {names}.",
    ),
    "request.not_json": (
        "Il corpo della richiesta deve essere un oggetto JSON, con Content-Type: application/json.",
        "The body of the request must be a JSON object, with Content-Type: application/json.",
    ),
    "request.syntax": (
        "Il documento non si legge, alla riga {line}, colonna {column}: {detail}",
        "The document cannot be read, at line {line}, column {column}: {detail}",
    ),
    "sign_in.cookie_only": (
        "Un token vale per un solo ente. Per cambiarla accedi con la password, o crea un altro token.",
        "A token is for one organisation. To change it, sign in with the password or make another token.",
    ),
    "sign_in.no_organisation": (
        "Al momento non risulti attivo in nessun ente. Chiedi a chi coordina il tuo.",
        "You are not active in any organisation at present. Ask whoever coordinates yours.",
    ),
    "sign_in.not_a_member": (
        "Non risulti attivo in questo ente. Scegline uno dei tuoi.",
        "You are not active in this organisation. Choose one of yours.",
    ),
    "sign_in.too_late": (
        "È passato troppo tempo. Scrivi di nuovo e-mail e password.",
        "Too much time has passed. Write your e-mail and password again.",
    ),
    "sign_in.wrong": (
        "L'indirizzo o la password non sono corretti. Controllali e riprova.",
        "The address or the password is not correct. Check them and try again.",
    ),
    "sign_in.wrong_code": (
        "Il codice non è giusto, o è già stato usato. Aspetta il prossimo e riprova.",
        "The code is not right, or was already used. Wait for the next one and try again.",
    ),
}


def say(language: str, text: str, /, **values: str | int) -> str:
    """Return the sentence in the caller's language, which is Italian unless it is English."""
    return MESSAGES[text][language == "en"].format(**values)
