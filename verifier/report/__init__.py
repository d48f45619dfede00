"""What a person or a program is told: one report value, and one renderer for each format."""
