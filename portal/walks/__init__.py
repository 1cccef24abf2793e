"""The worked examples of the source document, played from first day to last through the services of the wings."""
