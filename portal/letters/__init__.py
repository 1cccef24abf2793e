"""The letters of cases as PDFs, and reminders before a last day and after it."""
