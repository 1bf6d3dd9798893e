"""What holds for matches: who acts in which capacity, what is due when, which providers cover a demand."""
