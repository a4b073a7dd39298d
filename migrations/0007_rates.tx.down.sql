DROP INDEX interview_closed;
DROP TABLE forecast;
DROP TABLE rate_model;
DROP TABLE attendance;
DROP TABLE attendance_import;
