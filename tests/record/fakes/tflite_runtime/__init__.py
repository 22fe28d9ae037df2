"""The package that the interpreter alone comes in."""
