"""What editors of guidelines send."""
