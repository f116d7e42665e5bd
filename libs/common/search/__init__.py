"""How text is searched: cut into tokens that are the same however a word is spelled."""
