// Outbox: placeholder until its first file lands.
