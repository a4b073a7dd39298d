DROP TABLE batch_refused;
