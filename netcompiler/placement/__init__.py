"""Which layers run where, and what that costs: cuts into groups, memory, step time."""
