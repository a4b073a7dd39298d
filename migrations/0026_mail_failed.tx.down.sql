DROP INDEX outgoing_mail_failed;
