"""Published lists as files that others read: spreadsheets, documents, linked data, open contracting."""
