"""Letters: written in the transaction, sent after commit."""
