"""What hostile requests are made of, and how a test reads what came of them. Shares no code with the product."""
