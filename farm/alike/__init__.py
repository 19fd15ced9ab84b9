"""Whether two pictures or clips show the same content: what is stored of each, and how two are compared."""
