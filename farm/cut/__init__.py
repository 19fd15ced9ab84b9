"""Works from script to cut: what each shot shows and how long, and how users change it. Pure."""
