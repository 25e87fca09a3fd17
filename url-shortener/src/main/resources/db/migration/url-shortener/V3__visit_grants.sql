-- How many visits of a link with a visit limit have been handed out to nodes (redirect.VisitLimiter). It never goes
-- back, so a limit holds whatever else is lost. Keyed by the link's id, which is never reused: no reference to links,
-- because a grant must not wait for an editor's row lock.
CREATE TABLE visit_grants (
    link_id bigint  PRIMARY KEY,
    granted integer NOT NULL CHECK (granted >= 0)
) WITH (fillfactor = 50); -- rows are updated in place (HOT) again and again
