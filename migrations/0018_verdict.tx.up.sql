-- Would the plan have been better? As it was said when the session closed (hiring.PlanVerdict); NULL: nobody's
-- outcome was known, or the session closed before verdicts were kept.
ALTER TABLE session_report ADD COLUMN verdict jsonb;
