-- Is a row of a file of past attendance there already? Asked for each row of a preview, among all that was taken in.
-- The expression is activities/store's attendanceKey.
CREATE INDEX attendance_same ON attendance
    ((md5(day || chr(31) || came::text || chr(31) || reply || chr(31) || fields::text || chr(31) || numbers::text)::uuid)) WHERE day <> '';
