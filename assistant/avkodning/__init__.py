"""What helps a director decode a municipality: the review of an instruktion, and the first hundred days' programme.

The programme, as a face uses it:

    programme = read_programme(settings.corpus_dir)                    # programme.Programme, .themes in order
    shown = cited_theme(theme, assistant.document)                     # places.CitedTheme: .why, .reading, .citations
    store = NotesStore(settings.notes_dir)                             # one for the whole program
    loaded = store.load(key)                                           # key = new_key(), held by the browser
    store.update(key, lambda notes: noted(notes, answer_key(theme.id, question.id), text))
    store.update(key, lambda notes: with_conversation(notes, Conversation("", person, role, day, subject)))
    store.erase(key)                                                   # then give the browser another key
    notes_to_json(notes); notes_from_json(data)                        # export; import is checked, then
    taken = merged(stored, imported)                                   # .notes, and .line says what was taken in
    progress(programme, notes)                                         # .answered, .questions, .themes, .line
    notes_matching(question, notes, programme, embedder, lexicon)      # the user's own lines, beside an answer
    assistant.stream(question, history, only, about=theme_context(theme))
    plan_docx(Plan(programme, notes, …), assistant.document)           # the plan as .docx

Only what stands under `why` has a source. `find_out`, `ask`, `questions`, `reading[].text` and `plan` are the
programme's own advice and are shown as such (`programme.ADVICE`). A `Cited` without a citation is shown with
`places.UNAVAILABLE`. Texts of notes are plain text: whoever renders them escapes them.
"""
