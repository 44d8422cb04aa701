"""Values in what people write: documents, dates, amounts, numbers of installments, choices. Pure; the time is an argument."""
