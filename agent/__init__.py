"""The funnel: a LangGraph state machine whose nodes are the funnel's stages."""
