"""What the law says: dated measures, their scopes, rates, reliefs and precedence.

Pure: the standard library only, no files, no clock. A day is always an argument.
"""
