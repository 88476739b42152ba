-- Labels that one act gave, as an import does, and that are taken back together.

ALTER TABLE label_event ADD COLUMN act INTEGER;
CREATE INDEX label_event_by_act ON label_event (act) WHERE act IS NOT NULL;
