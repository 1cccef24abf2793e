"""Nothing lost: a backup of everything in one file, tried as it is made; putting one back whole or not at all."""
