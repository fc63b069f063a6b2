"""What every backend needs; knows no domain of Houston."""
