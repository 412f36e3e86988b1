"""The funnel's stages, one node a file. A fixed stage answers from templates; a talking one prepares the model."""
