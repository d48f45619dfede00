machine m
enum Mode { A, B }
var mode: Mode
arc wake: A -> B tag motion fails -> stay
rule sleep { mode' = A }
property p mode == B reached only via wakke, sleep.fails
property q deterministic motion, wake.fails, emotion
#! 6:39 ARC039 wakke is neither a rule nor a tag
#! 6:46 ARC039 sleep.fails is neither a rule nor a tag
#! 7:46 ARC039 emotion is neither a rule nor a tag
