DROP INDEX attendance_same;
