machine chain "A state that no run reaches leads to the forbidden one."

enum Place { HERE, THERE, NOWHERE, FORBIDDEN }

var place: Place = HERE

rule go when place == HERE { place' = THERE }
rule back when place == THERE { place' = HERE }
rule trespass when place == NOWHERE { place' = FORBIDDEN }

property never_forbidden never place == FORBIDDEN
property never_nowhere never place == NOWHERE
