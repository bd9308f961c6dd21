"""Reads feature files: Gherkin as its official parser defines it, made into behave's model; what would be lost is refused with its line.

behave's own parser reads some files differently from what Gherkin says (escapes in cells, texts in backticks, tags that stand together)
and loses parts of others without a word, so nothing is read with it. The runner, the lint and the catalogue all read features here.
"""
