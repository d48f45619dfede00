"""Reviews: two versions read, compared, judged by a policy. Composes the pipeline with `verifier.change`."""
