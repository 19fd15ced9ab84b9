"""What is kept and for how long: the garbage collector, what is used, and whether it is undamaged."""
