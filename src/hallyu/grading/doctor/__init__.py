"""Is an assignment fit to be released? What ``hallyu doctor`` looks at.

cells: what can be read from the cells. leaks: what the release version shows of what it hides. mutation: small faults put into
the solution. bench: runs a notebook and scores it. examine: all of it, as one report.
"""
