"""Who is shown to owners of demands, at which ranks, by ownership form and size, in public and with tests of chance."""
