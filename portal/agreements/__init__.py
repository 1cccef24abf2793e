"""The agreement: heads of terms, documents, signatures, handover, renewal, return."""
