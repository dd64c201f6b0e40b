"""One file a step. A step is never changed once it is released: the next one is written instead."""
