"""What is said of a value that cannot be taken: what is wrong, and what to write instead."""

from collections.abc import Mapping

PROBLEMS: Mapping[str, tuple[str, str]] = {
    "problem.address": (
        "Scrivi un indirizzo e-mail, come nome@esempio.it.",
        "Write an e-mail address, such as name@example.com.",
    ),
    "problem.already_answered": (
        "A questa proposta è già stata data una risposta.",
        "This proposal has already been answered.",
    ),
    "problem.already_attached": (
        "Questo intervento congiunto si basa già su questo consenso.",
        "This joint intervention already stands on this authorisation.",
    ),
    "problem.already_invited": (
        "A questo indirizzo è già stato mandato un invito, ancora valido. Per mandarne un altro, prima ritiralo.",
        "An invitation that is still valid was already sent to this address. To send another, withdraw it first.",
    ),
    "problem.already_member": (
        "Questa persona fa già parte del tuo ente.",
        "This person is already a member of your organisation.",
    ),
    "problem.already_proposed": (
        "A questo ente hai già proposto un intervento per lo stesso scopo, e non è concluso. Usa quello, o concludilo.",
        "You have already proposed joint work for the same purpose to this organisation, and it is not closed. "
        "Use that one, or close it.",
    ),
    "problem.already_withdrawn": (
        "Questo consenso è già stato ritirato.",
        "This authorisation has already been withdrawn.",
    ),
    "problem.authorisation_ended": (
        "Questo consenso è scaduto o è stato ritirato. Registrane uno nuovo, poi scegli quello.",
        "This authorisation has ended or was withdrawn. Record a new one, then choose that.",
    ),
    "problem.authorisation_names_nobody": (
        "Questo consenso non basta: non vale per questo scopo, o per nessun partner che è nel patto e ha accettato.",
        "This authorisation is not for this purpose, or for no partner that accepted and is a party of the pact.",
    ),
    "problem.birth_before_1900": (
        "La nascita risulta prima del 1900. Ricontrolla.",
        "The birth is before 1900. Check it again.",
    ),
    "problem.birth_year_differs": (
        "L'anno non è quello della data di nascita, che è del {born}. Correggi uno dei due.",
        "The year is not that of the date of birth, which is of {born}. Correct one of the two.",
    ),
    "problem.case_is_closed": (
        "La scheda è chiusa. Riaprila prima di proporre un intervento congiunto.",
        "The case is closed. Open it again before you propose a joint intervention.",
    ),
    "problem.factor_reset_asked": (
        "È già stato chiesto: ora tocca a un'altra persona confermarlo.",
        "It has been asked already: now somebody else has to confirm it.",
    ),
    "problem.factor_reset_off": (
        "Questa persona non usa la verifica in due passaggi: non c'è niente da disattivare.",
        "This person does not use two-step verification: there is nothing to switch off.",
    ),
    "problem.factor_reset_own": (
        "Per te deve chiederlo un'altra persona che coordina. Se puoi ancora entrare, disattivala dal tuo account.",
        "For you somebody else who coordinates has to ask. If you can still enter, switch it off in your account.",
    ),
    "problem.factor_reset_same": (
        "Chi conferma non può essere chi ha perso i codici né chi l'ha chiesto. Deve coordinare da prima della "
        "richiesta, e nessun invito deve legare i due. Chiedi a chi coordina il territorio.",
        "Whoever confirms can be neither who lost the codes nor who asked. They must have coordinated before it was "
        "asked, and no invitation may tie the two. Ask whoever coordinates the territory.",
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
        "Questo intervento congiunto è già concluso.",
        "This joint intervention has already been closed.",
    ),
    "problem.last_coordinator": (
        "È l'unica persona che coordina questo ente. Prima dai questo ruolo a un'altra persona.",
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
    "problem.no_such_step": (
        "Da dove si trova adesso, la scheda non può passare a questo stato. Scegline uno dall'elenco.",
        "From where it is now, the case cannot go to this state. Choose one from the list.",
    ),
    "problem.not_a_party": (
        "Oggi il tuo ente non fa parte del patto, quindi non può accettare. Chiedi a chi coordina il territorio.",
        "Today your organisation is not a party of the pact, so it cannot accept. Ask whoever coordinates the network.",
    ),
    "problem.not_shareable": (
        "Questo dato non si può condividere: il patto non lo prevede per questi partner e questo scopo.",
        "This cannot be shared: the pact does not provide for it with these partners and this purpose.",
    ),
    "problem.own_organisation": (
        "È il tuo ente: scegli un partner.",
        "This is your own organisation: choose a partner.",
    ),
    "problem.own_role": (
        "Non puoi dare a te stesso più di quello che hai. Chiedi a un'altra persona che coordina.",
        "You cannot give yourself more than you have. Ask another coordinator.",
    ),
    "problem.partner_not_in_pact": (
        "Il patto non permette di condividere nulla con questo ente per questo scopo.",
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
    "problem.phone_extension": (
        "Qui va solo il numero. Scrivi l'interno in «Note sul telefono».",
        'Only the number goes here. Write the extension under "Note on the telephone".',
    ),
    "problem.phone_french": (
        "Si può leggere in due modi. Se è italiano scrivi {italian}, se è francese scrivi {french}.",
        "It can be read in two ways. If it is Italian write {italian}, if it is French write {french}.",
    ),
    "problem.phone_nobody_has": (
        "Un numero così non esiste: ricontrollalo, con il prefisso del paese se è estero (+40, +221…). Quello che sai "
        "puoi scriverlo in «Note sul telefono».",
        "There is no such number: check it, with the country's prefix if it is foreign (+40, +221…). What you know "
        'can go under "Note on the telephone".',
    ),
    "problem.phone_of_service": (
        "È il numero di un servizio, non di una persona. Se serve, scrivilo in «Note sul telefono».",
        'This is the number of a service, not of a person. If it is needed, write it under "Note on the telephone".',
    ),
    "problem.phone_several": (
        "Qui va un numero solo. Scrivi l'altro in «Note sul telefono».",
        'Only one number goes here. Write the other under "Note on the telephone".',
    ),
    "problem.phone_signs": (
        "Scrivi solo cifre, con il prefisso del paese se il numero è estero: per esempio 055 123456 o +40 721 234567.",
        "Write digits only, with the country's prefix if the number is foreign: such as 055 123456 or +40 721 234567.",
    ),
    "problem.phone_too_long": (
        "Il numero ha troppe cifre. Ricontrollalo; se sono due numeri, scrivi il secondo in «Note sul telefono».",
        'The number has too many digits. Check it; if there are two, write the second under "Note on the telephone".',
    ),
    "problem.phone_too_short": (
        "Al numero mancano delle cifre. Ricontrollalo.",
        "Digits of the number are missing. Check it.",
    ),
    "problem.proposal_lapsed": (
        "Questa proposta è scaduta: nessuno ha risposto per 30 giorni. Chiedi a chi l'ha fatta di proporla di nuovo.",
        "This proposal has lapsed: nobody answered for 30 days. Ask whoever made it to propose it again.",
    ),
    "problem.public_task_gives_nothing": (
        "Qui il compito pubblico non fa vedere nulla: il patto chiede il consenso. Scegli il consenso della persona.",
        "Here a public task shows nothing: the pact asks for consent. Choose the consent of the person.",
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
    "problem.taken": (
        "La scheda {number} del tuo ente ha già questo riferimento. Usane un altro, o prima toglilo da quella.",
        "Another case of your organisation has this reference, {number}. Use another one, or take it away there first.",
    ),
    "problem.too_far": (
        "La data è troppo lontana. Scegline una più vicina.",
        "The date is too far away. Choose a nearer one.",
    ),
    "problem.too_long": (
        "Il testo è troppo lungo: il massimo è di {most} caratteri. Accorcialo.",
        "The text is too long: the most is {most} characters. Shorten it.",
    ),
    "problem.too_many": (
        "Sono troppi elementi in una volta. Togline qualcuno.",
        "There are too many items at once. Remove some.",
    ),
    "problem.too_many_invitations": (
        "Oggi il tuo ente ha mandato troppi inviti. Riprova domani.",
        "Your organisation has sent too many invitations today. Try again tomorrow.",
    ),
    "problem.too_many_marks": (
        "Ci sono troppi segni uno sopra l'altro. Togline qualcuno.",
        "There are too many marks on top of each other. Remove some.",
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
        "Non troviamo questo ente nel tuo territorio. Sceglilo dall'elenco.",
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
}
