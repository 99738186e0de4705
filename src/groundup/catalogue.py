"""Which drills there are, and what each says of itself; read by the book and by the practice tool."""
