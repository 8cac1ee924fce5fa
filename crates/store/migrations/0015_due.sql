-- What is due to an endpoint: its job reads its deliveries by this.
CREATE INDEX delivery_due ON delivery (endpoint_id, next_ms, id) WHERE state = 'scheduled';
