"""Page objects: one class for each screen, with what a person does there as verbs."""
