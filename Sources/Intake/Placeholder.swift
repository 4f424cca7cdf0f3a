// Intake: placeholder until its first file lands.
