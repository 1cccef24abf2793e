"""The broker's desk: reads across both wings, writes nothing of its own."""
