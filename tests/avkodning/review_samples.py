"""Made instruktioner for the tests of the review; no municipality has them."""

from __future__ import annotations

#: Says what the law demands, and who stands in; little else.
SHORT = """Instruktion för kommundirektören

Fastställd av kommunstyrelsen den 4 mars 2025, § 31

Kommundirektören utses av kommunstyrelsen. Kommundirektören har den ledande ställningen bland de anställda.

Kommundirektören leder kommunledningskontoret genom att planera arbetet, fördela budgeten och följa upp resultatet.

Utöver detta ska kommundirektören:

- bereda ärenden till kommunstyrelsen
- samordna förvaltningarna
- företräda kommunen mot region och myndigheter

Vid semester ersätts kommundirektören av ekonomichefen.
"""

#: Repeats the law and says nothing itself; the rest is about others.
CITES_LAW = """Instruktion för kommundirektören

Enligt 7 kap. 2 § kommunallagen ska en instruktion fastställa hur direktören ska leda förvaltningen under styrelsen.

Kommundirektören deltar i firandet av nationaldagen. Kommundirektören har en bil.

Kommunstyrelsen leder och samordnar förvaltningen av kommunens angelägenheter.
"""

#: Gives others what the law gives the board and the director.
AGAINST_LAW = """Instruktion för kommundirektören

Instruktionen beslutas av kommunfullmäktige.

Kommundirektören utses av kommunfullmäktige. Kommundirektören ansvarar för protokoll och arkiv.

Kommunalrådet är chef för kommunledningskontoret.

Kommundirektören har rätt att besluta om verksamhetens mål, inriktning, omfattning och kvalitet.
"""

#: Is for the board, not for the director.
BYLAWS = """Reglemente för kommunstyrelsen

Kommunstyrelsen leder förvaltningen och ansvarar för ekonomi, personal och planering.

Kommunstyrelsen utser kommundirektören. Kommundirektören har den ledande ställningen bland de anställda.

Kommundirektören leder kommunledningskontoret genom att planera arbetet, fördela budgeten och följa upp resultatet.
"""
