"""Scripts: reading products; picking, filling, rewriting and checking scripts. Pure except for reading given files."""
