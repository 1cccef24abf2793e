"""One ledger in integer pence; deposits."""
