"""The collections of the record over REST, by noun; what several of them share has a module of its own."""
