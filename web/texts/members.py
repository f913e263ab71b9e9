"""Sentences of the pages of members and invitations."""

from collections.abc import Mapping

MEMBERS: Mapping[str, tuple[str, str]] = {
    "button.invite": ("Manda l'invito", "Send the invitation"),
    "button.remove_member": ("Togli dall'ente", "Remove"),
    "hint.displayName": ("Nome e cognome, come li vedono i colleghi.", "Your name, as colleagues see it."),
    "hint.invited_email": (
        "L'invito arriva a questo indirizzo: controlla che sia giusto.",
        "The invitation goes to this address: check that it is right.",
    ),
    "hint.new_password": (
        "Almeno 12 caratteri. Vanno bene anche tre o quattro parole, che usi solo qui.",
        "12 characters at least. Three or four words will do, which you use nowhere else.",
    ),
    "can.auditor": (
        "Controlla chi ha letto che cosa, e non vede nessuna scheda.",
        "Checks who has read what, and sees no case.",
    ),
    "can.case_manager": (
        "Vede e scrive tutto nelle schede dell'ente. Registra i consensi, propone interventi e risponde alle proposte. "
        "Non invita persone.",
        "Sees and writes all of the cases. Records consents, proposes and answers. Invites nobody.",
    ),
    "can.coordinator": (
        "Fa tutto quello che fa un responsabile delle schede. In più invita le persone e ne cambia il ruolo.",
        "Does all that a case manager does. Besides, invites people and changes their roles.",
    ),
    "can.operator": (
        "Apre le schede e vede chi le ha lette. Vede anche la salute, ma non la scrive. Non vede la giustizia e non "
        "registra consensi.",
        "Opens cases, and sees who has read them. Sees health too, without writing it. Does not see justice, and "
        "records no consent.",
    ),
    "can.territory_coordinator": (
        "Coordina il territorio: invita le persone e vede enti e patto. Non vede nessuna scheda.",
        "Coordinates the territory: invites people, and sees organisations and the pact. Sees no case.",
    ),
    "can.volunteer": (
        "Apre le schede e scrive i dati più semplici. Non vede salute, svantaggi e giustizia, e non registra consensi.",
        "Opens cases and writes the plainest data. Does not see health, disadvantages and justice; records no consent.",
    ),
    "hint.role": (
        "Il ruolo decide quali dati la persona vede e che cosa può fare.",
        "The role decides which data the person sees and what they can do.",
    ),
    "input.displayName": ("Nome e cognome", "Name"),
    "input.role": ("Ruolo", "Role"),
    "invitation.facts": ("Ruolo: {role}. Territorio: {territory}.", "Role: {role}. Territory: {territory}."),
    "invitation.gone": ("Questo invito non è valido", "This invitation is not valid"),
    "invitation.gone_lead": (
        "Forse l'hai già usato, è scaduto o è stato ritirato. Se ti serve, chiedine un altro a chi ti ha invitato.",
        "It may have been used, have ended, or have been withdrawn. If you need one, ask whoever invited you.",
    ),
    "invitation.known": (
        "Hai già un accesso con l'indirizzo {email}: scrivi la password che usi di solito.",
        "You already have a sign-in with the address {email}: write the password that you always use.",
    ),
    "invitation.lead": ("{who} ti invita a lavorare per {name}.", "{who} invites you to work for {name}."),
    "invitation.new": (
        "Da ora accedi con l'indirizzo {email} e con la password che scegli qui.",
        "From now on you sign in with the address {email} and the password that you choose here.",
    ),
    "invitation.title": ("Il tuo invito", "Your invitation"),
    "members.ask_factor": (
        "Ha perso i codici: chiedi di disattivare",
        "They lost the codes: ask to switch it off",
    ),
    "members.being_sent": ("In partenza", "Being sent"),
    "members.by": ("Da {name}", "By {name}"),
    "members.change": ("Che cosa puoi fare", "What you can do"),
    "members.changed": ("Il ruolo è cambiato, da subito.", "The role has changed, from now on."),
    "members.confirm": (
        "Conferma",
        "Confirm",
    ),
    "members.confirm_of": (
        "Conferma che {name} ha perso i codici",
        "Confirm that {name} has lost the codes",
    ),
    "members.count": ("Persone: {count}", "People: {count}"),
    "members.factor_asked": (
        "La richiesta è pronta: ora un'altra persona che coordina deve confermarla, per esempio chi coordina il "
        "territorio.",
        "The request is made: now somebody else who coordinates has to confirm it, for instance whoever coordinates "
        "the territory.",
    ),
    "members.factor_confirmed": (
        "La verifica in due passaggi è disattivata. La persona riceve una e-mail.",
        "Two-step verification is off. The person gets an e-mail.",
    ),
    "members.forgot": (
        "Ha dimenticato la password",
        "They forgot the password",
    ),
    "members.forgot_lead": (
        "Riceve per e-mail un link che vale 30 minuti e una volta sola. Tu non lo vedi.",
        "They get a link by e-mail that works for 30 minutes, once. You do not see it.",
    ),
    "members.help": (
        "Non riesce a entrare",
        "Cannot get in",
    ),
    "members.help_of": (
        "Non riesce a entrare: {name}",
        "Cannot get in: {name}",
    ),
    "members.invitations": ("Inviti in attesa", "Open invitations"),
    "members.invite": ("Invita una persona", "Invite somebody"),
    "members.invite_lead": (
        "La persona riceve un link, che vale sette giorni e una volta sola, per entrare in {name}.",
        "The person gets a link, valid for seven days and once, to enter {name}.",
    ),
    "members.invited": (
        "L'invito è pronto: la persona riceve una e-mail tra poco.",
        "The invitation is ready: the person gets an e-mail shortly.",
    ),
    "members.lead": ("Chi lavora in WIN per {name}.", "Whoever works in WIN for {name}."),
    "members.link_sent": (
        "Il link è in partenza.",
        "The link is being sent.",
    ),
    "members.lost": (
        "Ha perso il telefono e i codici di recupero",
        "They lost the telephone and the recovery codes",
    ),
    "members.lost_by": (
        "Lo chiede {name}, dal {at}. Si può confermare fino al {until}.",
        "Asked by {name}, on {at}. It can be confirmed until {until}.",
    ),
    "members.lost_lead": (
        "Assicurati di persona o al telefono che sia davvero questa persona a chiederlo. Poi un'altra persona che "
        "coordina deve confermarlo; intanto l'interessata riceve una e-mail.",
        "Make sure, face to face or by telephone, that it is really this person who asks. Then somebody else who "
        "coordinates has to confirm it; meanwhile the person gets an e-mail.",
    ),
    "members.lost_title": (
        "Codici persi, da confermare",
        "Lost codes, to be confirmed",
    ),
    "members.lost_two": (
        "Chi conferma è diverso da chi l'ha chiesto, e nessuno dei due ha invitato l'altro. Prima di confermare, parla "
        "con la persona che ha perso i codici.",
        "Whoever confirms is not whoever asked, and neither has invited the other. Before you confirm, talk with the "
        "person who lost the codes.",
    ),
    "members.lost_waits": (
        "Deve confermare un'altra persona: per esempio chi coordina il territorio.",
        "Somebody else has to confirm: whoever coordinates the territory, for instance.",
    ),
    "members.no_invitations": ("Nessun invito in attesa.", "No open invitations."),
    "members.remove": ("Togli", "Remove"),
    "members.remove_lead": (
        "Da subito non entra più in WIN per {name}, nemmeno se adesso è collegata. Quello che ha scritto resta.",
        "From now on they cannot enter WIN for {name}, even if they are signed in. What they wrote stays.",
    ),
    "members.remove_of": ("Togli {name}", "Remove {name}"),
    "members.removed": ("La persona non fa più parte dell'ente.", "The person is no longer a member."),
    "members.role": ("Cambia ruolo", "Change role"),
    "members.role_lead": (
        "Il cambiamento vale dalla prossima pagina che la persona apre.",
        "The change holds from the next page that the person opens.",
    ),
    "members.role_of": ("Cambia ruolo: {name}", "Change role: {name}"),
    "members.send_link": ("Manda il link", "Send the link"),
    "members.sent": ("Inviato il {at}. Vale fino al {until}.", "Sent on {at}. Valid until {until}."),
    "members.since": ("Dal", "Since"),
    "members.state": ("Stato", "State"),
    "members.title": ("Persone dell'ente", "People of the organisation"),
    "members.withdraw_of": ("Ritira l'invito a {name}", "Withdraw the invitation to {name}"),
    "members.withdrawn": (
        "L'invito è ritirato: il link non porta più da nessuna parte.",
        "The invitation is withdrawn: its link leads nowhere.",
    ),
    "members.you": ("Tu", "You"),
    "nav.members": ("Persone", "People"),
}
