// Reports: placeholder until its first file lands.
