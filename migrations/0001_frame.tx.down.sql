DROP TABLE outgoing_mail, document, journal, limiter, api_token, staff_link, staff_session, staff, company, policy, business_clock;
DROP FUNCTION refuse_change();
DROP EXTENSION btree_gist;
