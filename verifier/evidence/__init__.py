"""What is shown for a claim: values, with their JSON forms in `verifier.evidence.json`."""
