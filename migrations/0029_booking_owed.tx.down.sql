DROP INDEX booking_owed;
