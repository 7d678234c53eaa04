"""The walk: random acts of everybody in 柳溪村, and what must hold after each of them."""
