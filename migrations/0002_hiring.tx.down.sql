DROP TABLE decision, scorecard, booking, offer, wave, slot, lane, interview_vacancy, interview, batch_row, application, batch,
    person, venue, vacancy_source, vacancy, source, profile;
