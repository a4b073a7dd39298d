-- The outcomes that a verdict was given on ("slot:people/came" of each slot), so that a session is judged anew when
-- attendance is corrected after it closed. NULL: to be judged, as are the sessions that closed before verdicts were kept.
ALTER TABLE session_report ADD COLUMN judged_on text;
