"""What the command line says, in Swedish: help texts, argparse's own words, and how answers are set in a terminal."""

from __future__ import annotations

import re

HELP: dict[str, str] = {
    "kd": "Frågeassistent för kommundirektörer. Svaren hämtas ur källorna, med hänvisning till varje påstående.",
    "chat": "starta webbsidan (bygger indexet först om det behövs)",
    "ask": "ställ en fråga, eller många ur en fil",
    "search": "visa de stycken som ligger närmast en fråga, utan svar",
    "verify": "granska en text mening för mening mot källorna",
    "verify-file": "filen med texten (.txt, .md, .docx, .pdf eller .json); - läser från standard in",
    "avkodning": "visa programmet för de första hundra dagarna, eller gör en plan av dina anteckningar",
    "avkodning-notes": "fil med anteckningar som du har sparat från webbsidan; kräver --docx",
    "avkodning-docx": "spara planen i en fil som slutar på .docx; kräver --notes",
    "avkodning-overwrite": "skriv över filen om den finns; kräver --docx",
    "avkodning-check": "säg om en fil med anteckningar går att läsa in, och hur långt de har kommit",
    "review": "granska en kommuns egen instruktion för direktören mot lagen, SKR:s råd och rapporterna",
    "review-file": "instruktionen (.pdf, .docx, .txt, .md eller .html); den läggs inte in bland källorna",
    "review-compare": "en annan instruktion, att visa bredvid den första punkt för punkt",
    "review-docx": "spara granskningen i en fil som slutar på .docx",
    "review-overwrite": "skriv över filen om den finns; kräver --docx",
    "index": "bygg sökindexet av det som har ändrats",
    "corpus": "visa källorna",
    "corpus list": "räkna upp källorna",
    "corpus show": "visa en källas avsnitt och stycken",
    "corpus add": "lägg till egna dokument (filer, mappar eller zip)",
    "corpus remove": "ta bort ett eget dokument och allt som indexerats av det",
    "corpus check": "visa hur väl varje källa är läst",
    "corpus sync": "hämta lagar i sin officiella lydelse",
    "files": "filer, mappar eller zip-arkiv",
    "title": "dokumentets titel (bara för en fil i taget)",
    "publisher": "vem som har gett ut det",
    "year": "året då det gavs ut",
    "eval": "mät hur rätt svaren och hänvisningarna är på en uppsättning frågor",
    "eval-set": "frågefiler (standard: alla i evals/sets)",
    "eval-json": "skriv rapporten som JSON till filen",
    "eval-html": "skriv rapporten som en webbsida i en enda fil",
    "eval-compare": "jämför med en tidigare rapport (JSON)",
    "eval-baselines": "mät också jämförelsesystemen: BM25, bara vektorer och en vanlig handledning",
    "eval-gate": "avsluta med 1 om en siffra inte når sin gräns",
    "eval-benchmark": "mät sökningen på en öppen provsamling",
    "eval-from-feedback": "gör frågor av omdömena från webbsidan, skriv dem till filen och mät på dem",
    "eval-gate-set": "mät hur väl prövningen skiljer sanna meningar från ändrade (standard: evals/sets/gate.jsonl)",
    "eval-review": "mät granskningen av instruktioner på en mapp med dokument och facit (standard: evals/sets/review)",
    "quiet": "säg inget om det inte går",
    "bench": "mät tid och minne på den här datorn",
    "doctor": "visa vad som är installerat och om allt fungerar",
    "help": "visa den här hjälpen",
    "json": "skriv resultatet som JSON",
    "question": "frågan",
    "history": 'JSON-fil med det tidigare samtalet: [{"role": "user", "content": "…"}, …]',
    "batch": 'JSON-radfil med en fråga per rad: {"id": "…", "question": "…"}; kräver --json',
    "export": "spara svaret med fotnoter i en fil som slutar på .md eller .docx",
    "overwrite": "skriv över filen om den finns; kräver --export",
    "kind": "bara källor av dessa slag, skilda med komma: lag, beslut, vägledning, rapport, presentation, eget",
    "source": "bara dessa källor (deras id, skilda med komma)",
    "top": "hur många stycken som visas (standard 10)",
    "explain": "visa varför varje stycke hittades: ord, ordled, synonymer, sökfrågor, likhet",
    "check": "bygg inget, säg bara om indexet stämmer med källorna (avslutas med 1 om det inte gör det)",
    "rebuild": "bygg om allt från början",
    "enrich": "låt språkmodellen skriva frågor till dina egna dokument, så att de hittas också med andra ord",
    "enrich-source": "bara det här egna dokumentet (dess id); kräver --enrich",
    "embedding": "sökmodell: inbyggd, en mapp, eller ett namn hos sentence-transformers",
    "host": "adressen som webbsidan lyssnar på (standard 127.0.0.1)",
    "port": "porten som webbsidan lyssnar på (standard 7860)",
    "no-browser": "öppna ingen webbläsare",
    "source-id": "källans id, se kd corpus list",
    "version": "visa programmets version",
}

_ARGPARSE = (
    (r"the following arguments are required: (.+)", r"Det saknas: \1."),
    (r"unrecognized arguments: (.+)", r"Kommandot känner inte till: \1."),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\2 går inte att välja för \1. Välj bland: \3."),
    (r"argument (.+?): expected one argument", r"\1 behöver ett värde."),
    (r"argument (.+?): expected at least one argument", r"\1 behöver minst ett värde."),
    (r"argument (.+?): invalid \w+ value: (.+)", r"\2 är inget giltigt värde för \1; skriv ett heltal."),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 går inte att använda tillsammans med \2."),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 är tvetydigt: det kan vara \2."),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1 tar inget värde (\2)."),
)


def argparse_in_swedish(message: str) -> str:
    """argparse's English complaint in Swedish; one that is not known is kept after a Swedish beginning."""
    for pattern, swedish in _ARGPARSE:
        match = re.fullmatch(pattern, message)
        if match:
            return match.expand(swedish)
    return f"Kommandot gick inte att tolka ({message})."


#: What each reason for a hit and each leg of the search is called.
CLUE_NAMES = {
    "word": "ord",
    "part": "ordled",
    "synonym": "synonym",
    "spelling": "stavning",
    "question": "sökfråga",
    "sentence": "mening",
    "vector": "likhet",
}
LEG_NAMES = {"words": "ord", "vector": "helhet", "nearest": "närmaste", "source": "källa"}
