-- Whom no mail reaches is read on the first page: from the few mails that failed.
CREATE INDEX outgoing_mail_failed ON outgoing_mail (code, application_id) WHERE state = 'failed';
