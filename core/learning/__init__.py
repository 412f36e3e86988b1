"""What is learned: understanding of messages, the conversion predictor, experiments."""
