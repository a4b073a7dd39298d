-- Who was sent away by us lately, and is owed another time: few among all places, asked for whenever HR opens Today.
CREATE INDEX booking_owed ON booking (ended_at) WHERE state IN ('left_without_interview', 'interviewer_no_show');
