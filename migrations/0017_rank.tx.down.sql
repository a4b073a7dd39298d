DROP INDEX application_rank_any;
DROP INDEX application_rank;
