"""Answers -> a file to keep or send on: Markdown or .docx, with footnotes that say where every claim stands."""
