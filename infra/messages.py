"""Every sentence shown to people, in Italian and in English; ids are sorted and placeholders are `{name}`.

Who raises an error names the sentence by its id and gives its values; the sentence itself is chosen at the edge,
where the caller's language is known.
"""

from collections.abc import Mapping

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
    "error.content_type": (
        "La richiesta deve avere Content-Type: application/json.",
        "The request must have Content-Type: application/json.",
    ),
    "error.cursor": (
        "Il cursore in `after` non viene da questo elenco. Usa un `endCursor` o un `cursor` così come l'hai ricevuto.",
        "The cursor in `after` is not from this list. Use an `endCursor` or a `cursor` as you received it.",
    ),
    "error.forbidden": (
        "Il tuo ruolo non permette questa operazione. Se ti serve, chiedi a chi coordina la tua organizzazione.",
        "Your role does not allow this. If you need it, ask whoever coordinates your organisation.",
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
    "error.not_found": (
        "Non troviamo quello che cerchi. Forse non esiste, o non è condiviso con la tua organizzazione.",
        "We cannot find what you are looking for. It may not exist, or it is not shared with your organisation.",
    ),
    "error.not_writable": (
        "Non puoi modificare questi dati: il tuo ruolo, o la condivisione di questa scheda, non lo prevede.",
        "You cannot change this information: your role, or the way this case is shared, does not provide for it.",
    ),
    "error.page_size": (
        "`first` deve essere un numero da 0 a {most}.",
        "`first` has to be a number from 0 to {most}.",
    ),
    "error.too_many_attempts": (
        "Ci sono stati troppi tentativi di accesso. Aspetta {seconds} secondi e riprova.",
        "There were too many sign-in attempts. Wait {seconds} seconds and try again.",
    ),
    "error.unauthenticated": (
        "Non hai effettuato l'accesso, oppure la sessione è terminata. Accedi di nuovo.",
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
        "La richiesta è troppo grande: il massimo è {limit} byte.",
        "The request is too large: the most is {limit} bytes.",
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
    "limit.tokens": (
        "Il documento della richiesta ha {found} simboli; il massimo è {limit}.",
        "The document of the request has {found} tokens; the most is {limit}.",
    ),
    "limit.variables": (
        "Le variabili contengono {found} valori; il massimo è {limit}.",
        "The variables contain {found} values; the most is {limit}.",
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
    "notification.authorisation_will_end": (
        "L’autorizzazione della scheda {case} vale fino al {until}: poi i partner non la vedono più.",
        "The authorisation of case {case} is valid until {until}: after that partners see it no more.",
    ),
    "notification.joint_intervention_proposed": (
        "{organisation} vi propone un intervento congiunto e aspetta la vostra risposta.",
        "{organisation} proposes a joint intervention to you and waits for your answer.",
    ),
    "problem.address": (
        "Scrivi un indirizzo e-mail, come nome@esempio.it.",
        "Write an e-mail address, such as name@example.com.",
    ),
    "problem.already_answered": (
        "A questa proposta è già stata data una risposta.",
        "This proposal has already been answered.",
    ),
    "problem.already_invited": (
        "A questo indirizzo è già stato mandato un invito, ancora valido. Per mandarne un altro, prima ritiralo.",
        "An invitation that is still valid was already sent to this address. To send another, withdraw it first.",
    ),
    "problem.already_member": (
        "Questa persona fa già parte della tua organizzazione.",
        "This person is already a member of your organisation.",
    ),
    "problem.already_withdrawn": (
        "Questa autorizzazione è già stata ritirata.",
        "This authorisation has already been withdrawn.",
    ),
    "problem.birth_before_1900": (
        "La nascita risulta prima del 1900. Ricontrolla.",
        "The birth is before 1900. Check it again.",
    ),
    "problem.birth_year_differs": (
        "L'anno non è quello della data di nascita. Correggi uno dei due.",
        "The year is not that of the date of birth. Correct one of the two.",
    ),
    "problem.case_is_closed": (
        "La scheda è chiusa. Riaprila prima di proporre un intervento congiunto.",
        "The case is closed. Open it again before you propose a joint intervention.",
    ),
    "problem.in_the_future": (
        "La data è nel futuro. Scrivi quella di oggi o una precedente.",
        "The date is in the future. Write today's or an earlier one.",
    ),
    "problem.in_the_past": (
        "La data è già passata. Scrivi quella di oggi o una successiva.",
        "The date has already passed. Write today's or a later one.",
    ),
    "problem.invalid_format": (
        "Questo dato non è scritto nel formato giusto. Ricontrollalo.",
        "This is not written in the right format. Check it again.",
    ),
    "problem.invalid_identity_code": (
        "Il codice non torna: ricopialo dalla tessera sanitaria o dal documento, carattere per carattere.",
        "The code does not add up: copy it again from the health card or the document, character by character.",
    ),
    "problem.joint_work_is_closed": (
        "Questo intervento congiunto è già stato chiuso.",
        "This joint intervention has already been closed.",
    ),
    "problem.last_coordinator": (
        "È l'unica persona che coordina questa organizzazione. Prima dai questo ruolo a un'altra persona.",
        "This is the only person who coordinates this organisation. Give the role to somebody else first.",
    ),
    "problem.name_each_field": (
        "Questi dati sono particolarmente protetti: indica uno per uno quelli che vuoi condividere.",
        "This information is specially protected: name one by one what you want to share.",
    ),
    "problem.name_required": (
        "Scrivi almeno il nome o il cognome.",
        "Write at least the given name or the family name.",
    ),
    "problem.needs_consent": (
        "Per questi dati serve il consenso della persona.",
        "The person's consent is needed for this information.",
    ),
    "problem.not_shareable": (
        "Questo dato non si può condividere: il Patto non lo prevede per questi partner e questo scopo.",
        "This cannot be shared: the pact does not provide for it with these partners and this purpose.",
    ),
    "problem.own_organisation": (
        "È la tua organizzazione: scegli un partner.",
        "This is your own organisation: choose a partner.",
    ),
    "problem.own_role": (
        "Non puoi dare a te stesso più di quello che hai. Chiedi a un'altra persona che coordina.",
        "You cannot give yourself more than you have. Ask another coordinator.",
    ),
    "problem.partner_not_in_pact": (
        "Il Patto non prevede di condividere nulla con questa organizzazione per questo scopo.",
        "The pact does not provide for sharing anything with this organisation for this purpose.",
    ),
    "problem.password_the_same": (
        "È la password che hai già. Scegline una diversa.",
        "This is the password that you have already. Choose a different one.",
    ),
    "problem.password_too_short": (
        "La password è troppo corta: servono almeno 12 caratteri. Tre o quattro parole a caso vanno bene.",
        "The password is too short: at least 12 characters are needed. Three or four random words will do.",
    ),
    "problem.reason_only_to_close": (
        "Il motivo si indica solo per chiudere la scheda.",
        "A reason is given only to close the case.",
    ),
    "problem.required": (
        "Questo dato è necessario. Compilalo per continuare.",
        "This is needed. Fill it in to continue.",
    ),
    "problem.role_not_yours": (
        "Questo ruolo non lo puoi assegnare tu. Scegline uno dall'elenco.",
        "This role is not yours to give. Choose one from the list.",
    ),
    "problem.second_factor_is_on": (
        "La verifica in due passaggi è già attiva. Per cambiare telefono disattivala e attivala di nuovo.",
        "Two-step verification is on already. To change telephone, switch it off and on again.",
    ),
    "problem.second_factor_not_begun": (
        "È passato troppo tempo. Ricomincia ad attivare la verifica in due passaggi.",
        "Too much time has passed. Begin again to switch on two-step verification.",
    ),
    "problem.too_far": (
        "La data è troppo lontana. Scegline una più vicina.",
        "The date is too far away. Choose a nearer one.",
    ),
    "problem.too_long": (
        "Il testo è troppo lungo. Accorcialo.",
        "The text is too long. Shorten it.",
    ),
    "problem.too_many": (
        "Sono troppi elementi in una volta. Togline qualcuno.",
        "There are too many items at once. Remove some.",
    ),
    "problem.too_many_invitations": (
        "Oggi la tua organizzazione ha mandato troppi inviti. Riprova domani.",
        "Your organisation has sent too many invitations today. Try again tomorrow.",
    ),
    "problem.too_obvious": (
        "Questa password si indovina facilmente: contiene quasi solo il tuo nome, la tua e-mail o parole e tasti "
        "molto usati. Prova con tre o quattro parole a caso.",
        "This password is easy to guess: it is little more than your name, your e-mail, or very common words and "
        "keys. Try three or four random words.",
    ),
    "problem.too_short": (
        "Il testo è troppo corto.",
        "The text is too short.",
    ),
    "problem.unknown_field": (
        "Non esiste un dato con questo nome. Sceglilo dall'elenco.",
        "There is no field with this name. Choose it from the list.",
    ),
    "problem.unknown_item": (
        "Questa voce non è nell'elenco. Scegline una dall'elenco.",
        "This item is not in the list. Choose one from the list.",
    ),
    "problem.unknown_organisation": (
        "Non troviamo questa organizzazione nella tua rete. Sceglila dall'elenco.",
        "We cannot find this organisation in your network. Choose it from the list.",
    ),
    "problem.wrong_code": (
        "Il codice non è giusto, o è già stato usato. Aspetta il prossimo e riprova.",
        "The code is not right, or was already used. Wait for the next one and try again.",
    ),
    "problem.wrong_password": (
        "La password attuale non è giusta. Controllala e riprova.",
        "The present password is not right. Check it and try again.",
    ),
    "problem.wrong_state": (
        "Nello stato attuale questa operazione non è possibile.",
        "This is not possible in the present state.",
    ),
    "reason.not_authorised": (
        "Non visibile: per questo dato manca un consenso, o un'altra base, ancora valido.",
        "Withheld: there is no consent, or other basis, still valid for this information.",
    ),
    "reason.not_in_pact": (
        "Non visibile: il Patto non prevede di condividere questo dato con la tua organizzazione per questo scopo.",
        "Withheld: the pact does not provide for sharing this with your organisation for this purpose.",
    ),
    "reason.not_offered": (
        "Non visibile: chi segue la persona non ha incluso questo dato nell'intervento congiunto.",
        "Withheld: whoever follows the person did not include this in the joint intervention.",
    ),
    "reason.own_case": (
        "Visibile: la scheda è della tua organizzazione.",
        "Visible: the case is your organisation's.",
    ),
    "reason.role": (
        "Non visibile: il tuo ruolo nella tua organizzazione non comprende questo dato.",
        "Withheld: your role in your organisation does not include this information.",
    ),
    "reason.shared": (
        "Visibile: ti è condiviso secondo il Patto.",
        "Visible: it is shared with you under the pact.",
    ),
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
    "sign_in.choose_organisation": (
        "Fai parte di più organizzazioni: indica per quale vuoi accedere.",
        "You belong to several organisations: say for which one you want to sign in.",
    ),
    "sign_in.cookie_only": (
        "Un token vale per una sola organizzazione. Per cambiarla accedi con la password, o crea un altro token.",
        "A token is for one organisation. To change it, sign in with the password or make another token.",
    ),
    "sign_in.no_organisation": (
        "Al momento non risulti attivo in nessuna organizzazione. Chiedi a chi coordina la tua.",
        "You are not active in any organisation at present. Ask whoever coordinates yours.",
    ),
    "sign_in.not_a_member": (
        "Non risulti attivo in questa organizzazione. Scegline una delle tue.",
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
